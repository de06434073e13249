import type { CaseResult, Reruns } from '../../model/index.ts';
import { caseKey } from '../../model/suite.ts';
import { decideFlaky, isWorthRerun } from '../../results/index.ts';
import type { ProcessRun } from './runner/runner.ts';

/** One more run of some cases, by their keys; `attempt` counts from 1. */
export type RunAgain = (keys: readonly string[], attempt: number) => Promise<ProcessRun>;

/**
 * Runs the cases that failed again, all of them as often as is asked for, and resolves with every case, those that went
 * either way told as flaky.
 */
export async function rerunFailed(
  cases: readonly CaseResult[],
  reruns: Reruns | undefined,
  runAgain: RunAgain,
  deathOf: (run: ProcessRun) => Pick<CaseResult, 'outcome' | 'cause'>,
): Promise<CaseResult[]> {
  const keys = cases.filter(isWorthRerun).map((one) => caseKey(one.suite, one.name));
  const again = new Map<string, CaseResult[]>();
  for (let attempt = 1; keys.length > 0 && attempt <= (reruns?.times ?? 0); attempt++) {
    const run = await runAgain(keys, attempt);
    const died = run.unfinished.map(({ suite, name }) => ({ suite, name, ms: run.command.ms, ...deathOf(run) }));
    for (const result of [...run.results, ...died]) {
      const key = caseKey(result.suite, result.name);
      again.set(key, [...(again.get(key) ?? []), result]);
    }
  }
  return cases.map((one) => decideFlaky(one, again.get(caseKey(one.suite, one.name)) ?? [], reruns?.tolerated));
}
