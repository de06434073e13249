import { defined } from '../../model/index.ts';
import { excerptLines, skipped } from '../evidence.ts';
import { checkedPattern, type PredicateKind } from './predicate.ts';

/** Time stamp and caller, where the kernel prints them. */
const prefix = /^(?:<\d+>)?(?:\[ *\d+\.\d+\] ?)?(?:\[ *[TC]\d+\] ?)?/;

/** A line of the kernel log matches, with its prefixes or without. */
export const log: PredicateKind = {
  flag: '--log <regex>',
  help: 'bad if a line of the kernel log matches; with --suite also of the suites’ logs',
  parse: (pattern) => checkedPattern('--log', pattern),
  describe: (pattern) => `bad: a line of the kernel log matches /${pattern ?? ''}/`,
  lastStage: (withSuites) => (withSuites ? 'test' : 'boot'),
  needs: () => ({ log: true }),
  observe(pattern, { boot, test }, { log: lines, logFile }) {
    const regex = new RegExp(pattern ?? '');
    const at = lines.findIndex((line) => regex.test(line) || regex.test(line.replace(prefix, '')));
    const where = defined({ log: logFile });
    if (at >= 0) {
      const excerpt = lines.slice(Math.max(0, at - 3), at + excerptLines - 3);
      return { sign: 'bad', summary: `the kernel log has: ${lines[at] ?? ''}`, excerpt, ...where, settled: false };
    }
    // A guest that died of something else may have died before it could say so.
    if (boot?.outcome !== 'pass' && boot?.cause) return skipped(boot.cause, 'it does not boot', false);
    const fault = test?.cases.find(({ cause }) => cause?.blame === 'host');
    if (fault) return skipped(fault.cause, 'the machine failed a case', false);
    return { sign: 'good', summary: 'no line of the kernel log matches', excerpt: [], ...where, settled: false };
  },
};
