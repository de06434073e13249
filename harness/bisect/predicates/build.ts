import { failed, skipped } from '../evidence.ts';
import type { PredicateKind } from './predicate.ts';

/** The kernel does not configure or build. */
export const buildPredicate: PredicateKind = {
  flag: '--build',
  help: 'bad if it does not build',
  describe: () => 'bad: it does not build',
  lastStage: () => 'build',
  observe: () => ({ sign: 'good', summary: 'it builds', excerpt: [], settled: true }),
  unbuilt({ configure, build: built }) {
    if (configure?.outcome === 'pass') return failed(built?.cause, 'it does not build', true);
    // Options that get lost are the fragments' fault as far as anybody can tell; unreadable Kconfig files are not.
    const judge = configure?.cause?.blame === 'kernel' ? failed : skipped;
    return judge(configure?.cause, 'it can’t be configured', true);
  },
};
