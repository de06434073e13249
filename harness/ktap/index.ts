export { allPass, countTests, type KtapCase, type KtapReading, ktapCases } from './cases.ts';
export { createKtapReader } from './reader.ts';
