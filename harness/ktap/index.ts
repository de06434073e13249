export { allPass, countTests, ktapCases } from './cases.ts';
export { createKtapReader } from './reader.ts';
