import type { CaseResult } from './case.ts';
import { isGood, type Outcome } from './outcome.ts';

/** Outcomes of cases, the worst first: what the kernel or a suite did comes before what the machine did. */
export const worstFirst: readonly Outcome[] = ['crash', 'timeout', 'fail', 'not-run', 'known', 'pass', 'skip'];

/** The outcome of many cases together: the worst of them. All skipped counts as a skip. */
export function worstOutcome(cases: readonly Pick<CaseResult, 'outcome'>[]): Outcome {
  return worstFirst.find((outcome) => cases.some((one) => one.outcome === outcome)) ?? 'skip';
}

/** The case that stands for all: the first one of the worst that fail, else of those that are known; undefined for none. */
export function headlineCase(cases: readonly CaseResult[]): CaseResult | undefined {
  const worst = worstOutcome(cases);
  return isGood(worst) && worst !== 'known' ? undefined : cases.find(({ outcome }) => outcome === worst);
}

/** The cases that fail beside the one that stands for all. */
export function otherFailures(cases: readonly CaseResult[]): CaseResult[] {
  const first = headlineCase(cases);
  return cases.filter((one) => one !== first && !isGood(one.outcome));
}
