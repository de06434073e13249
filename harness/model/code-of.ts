import type { Code } from './codes.ts';
import type { Blame } from './errors.ts';
import type { Outcome, StageName } from './outcome.ts';

type Bad = Exclude<Outcome, 'pass' | 'known' | 'skip' | 'not-covered'>;

/** How each stage can end badly when the kernel or a suite is to blame, by outcome; `fail` stands for the rest. */
const byStage: Readonly<Record<StageName, Readonly<Partial<Record<Bad, Code>>> & { readonly fail: Code }>> = {
  fetch: { fail: 'QB-APPLY-REJECT' },
  apply: { fail: 'QB-APPLY-REJECT' },
  configure: { fail: 'QB-CONFIG-LOST' },
  build: { fail: 'QB-BUILD-ERROR' },
  image: { fail: 'QB-BOOT-FAIL' },
  boot: { fail: 'QB-BOOT-FAIL', crash: 'QB-BOOT-CRASH', timeout: 'QB-BOOT-TIMEOUT' },
  test: { fail: 'QB-CASE-FAIL', crash: 'QB-CASE-CRASH', timeout: 'QB-CASE-TIMEOUT' },
};

/** What ended a cell, or (with stage `test`) a case. */
export interface Ending {
  readonly stage: StageName;
  readonly outcome: Outcome;
  readonly blame: Blame | null | undefined;
}

/** The stable name of what ended a cell; null for one that is good. */
export function codeOf({ stage, outcome, blame }: Ending): Code | null {
  if (outcome === 'pass' || outcome === 'known' || outcome === 'skip') return null;
  if (outcome === 'not-covered') return 'QB-NOT-COVERED';
  if (blame === 'host') return 'QB-HOST';
  if (blame === 'user') return 'QB-USER';
  if (outcome === 'not-run') return 'QB-NOT-RUN';
  if (blame === 'suite' && outcome !== 'fail') return outcome === 'timeout' ? 'QB-CASE-TIMEOUT' : 'QB-SUITE';
  return byStage[stage][outcome] ?? byStage[stage].fail;
}
