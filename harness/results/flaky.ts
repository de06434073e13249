import { type CaseResult, isGood } from '../model/index.ts';

/** Whether running a case again can tell anything: it failed, and not by the machine's fault. */
export function isWorthRerun({ outcome, cause }: CaseResult): boolean {
  return !isGood(outcome) && outcome !== 'not-run' && cause?.blame !== 'host';
}

/**
 * What a failed case is once it was run again on the same image. One that passed at least once is flaky: it passes, with
 * the count and the cause of its failure, unless more of its tries failed than are tolerated. But a report of the kernel (a
 * crash) is a fact that no other try takes back, so such a case stays failed. Tries that the machine failed do not count.
 *
 * @param tolerated the part of the tries that may fail, between 0 and 1
 */
export function decideFlaky(first: CaseResult, again: readonly CaseResult[], tolerated = 1): CaseResult {
  const known = again.filter((one) => one.outcome === 'pass' || isWorthRerun(one));
  if (known.length === 0) return first;
  const bad = [first, ...known.filter(isWorthRerun)];
  const tries = { runs: known.length + 1, failed: bad.length };
  const crash = bad.find((one) => one.outcome === 'crash');
  if (crash) return { ...crash, tries };
  if (tries.failed === tries.runs) return { ...first, tries };
  return tries.failed / tries.runs > tolerated ? { ...first, tries } : { ...first, outcome: 'pass', tries };
}
