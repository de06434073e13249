export { kselftestWords } from './collections.ts';
export { kselftestFragments } from './fragment.ts';
export { checkKselftestWords, type KselftestSet, kselftestSet } from './plan.ts';
