import { freshWarnings, type SeriesCheck } from './check.ts';

export const moreWarnings: SeriesCheck = {
  name: 'W=1',
  help: 'what the compiler warns of with W=1 in the touched files, and did not before',
  run: (at) => freshWarnings(at, { W: '1' }),
};
