import type { Cause } from './cause.ts';

/** A test program of a collection of kselftest, as a guest runs it. */
export interface KselftestTest {
  /** As the collection's makefile calls it. */
  readonly name: string;
  /** Absolute path in the guest. */
  readonly file: string;
  /** Milliseconds on a machine of usual speed. */
  readonly timeoutMs: number;
  /** Why it cannot be run: it does not compile, or wants what guests do not have. */
  readonly problem?: Pick<Cause, 'blame' | 'summary' | 'excerpt'>;
}

/** What is run for a word such as `kselftest:timers`. */
export interface KselftestPlan {
  readonly tests: readonly KselftestTest[];
  /** Why nothing is to be run on this kernel. */
  readonly reason?: string;
}
