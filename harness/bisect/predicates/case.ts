import { type CaseResult, defined } from '../../model/index.ts';
import { from, skipped } from '../evidence.ts';
import type { PredicateKind } from './predicate.ts';

function nameOf({ suite, name }: CaseResult): string {
  return `${suite} › ${name}`;
}

/** One of the cases whose name contains the text fails. */
export const oneCase: PredicateKind = {
  flag: '--case <text>',
  help: 'bad if a case fails whose name contains this',
  describe: (text) => `bad: a case fails whose name contains "${text ?? ''}"`,
  lastStage: () => 'test',
  needs: (text) => ({ suites: true, ...(text === undefined ? {} : { case: text }) }),
  observe(text, { boot, test }) {
    if (boot?.outcome !== 'pass') return skipped(boot?.cause, 'it does not boot', false);
    const cases = test?.cases ?? [];
    const bad = cases.filter((one) => ['fail', 'crash', 'timeout'].includes(one.outcome));
    const [first] = bad;
    if (first) {
      const { summary, ...rest } = from(first.cause, first.outcome);
      const more = bad.length > 1 ? ` (and ${bad.length - 1} more)` : '';
      return {
        sign: 'bad',
        summary: `${nameOf(first)}: ${first.outcome}: ${summary}${more}`,
        ...rest,
        settled: false,
        ...defined({ title: first.splats?.[0]?.title }),
      };
    }
    const fault = cases.find(({ outcome }) => outcome === 'not-run');
    if (fault?.cause) return { sign: 'host', cause: fault.cause, retryable: true };
    const passed = cases.filter(({ outcome }) => outcome === 'pass');
    if (passed.length > 0) {
      const what = passed.length === 1 && passed[0] ? `${nameOf(passed[0])}: pass` : `${passed.length} cases pass`;
      return { sign: 'good', summary: what, excerpt: [], settled: false };
    }
    const reason = cases.find((one) => one.reason !== undefined)?.reason;
    const summary =
      cases.length === 0
        ? `no case has "${text ?? ''}" in its name`
        : `every such case is skipped: ${reason ?? 'no reason given'}`;
    return { sign: 'skip', summary, excerpt: [], settled: true, ...(cases.length > 0 && { absent: true }) };
  },
};
