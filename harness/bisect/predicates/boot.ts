import { defined } from '../../model/index.ts';
import { failed } from '../evidence.ts';
import type { PredicateKind } from './predicate.ts';

/** The kernel builds and does not boot without a report in its log. */
export const bootPredicate: PredicateKind = {
  flag: '--boot',
  help: 'bad if it builds but fails to boot, or logs a kernel report while booting',
  describe: () => 'bad: it does not boot',
  lastStage: () => 'boot',
  observe(_, { boot: booted }) {
    if (booted?.outcome !== 'pass') {
      const title = booted?.outcome === 'crash' ? booted.splats[0]?.title : undefined;
      return { ...failed(booted?.cause, 'it does not boot', false), ...defined({ title }) };
    }
    return { sign: 'good', summary: 'it boots', excerpt: [], log: booted.log, settled: false };
  },
};
