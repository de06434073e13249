export {
  filterGlobs,
  type KunitSuite,
  matchingSuites,
  mayHoldSuites,
  readKunitWord,
  suitesIn,
} from './suites.ts';
