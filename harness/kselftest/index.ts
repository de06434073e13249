export { readCollectionConfig, type WantedOption } from './config.ts';
export { buildProblem, buildScript, logsByProgram, recordName } from './failure.ts';
export { type CollectionEntry, listGoal, listMakefile, readListing, testNames, testsOf } from './listing.ts';
export { ownedCollections } from './owned.ts';
export { readRecord } from './record.ts';
export { timeoutOf } from './settings.ts';
export { withTotals } from './totals.ts';
export { type KselftestWord, readKselftestWord, selftests } from './word.ts';
