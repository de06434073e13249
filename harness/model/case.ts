import type { Cause, Splat } from './cause.ts';
import type { FaultSweep } from './faults.ts';
import type { KnownFailure } from './known.ts';
import type { Outcome } from './outcome.ts';

/** How often a case was run on the same image and how often it failed, the first time included. */
export interface Tries {
  readonly runs: number;
  readonly failed: number;
}

/** How cases that fail are run again, and what becomes of one that then passes. */
export interface Reruns {
  readonly times: number;
  /** The part of its tries that may fail before the case counts as failed: 0 none, 1 any. */
  readonly tolerated: number;
}

/** One case of a suite in one cell. */
export interface CaseResult {
  /** File name of the suite without its ending. */
  readonly suite: string;
  readonly name: string;
  readonly outcome: Outcome;
  readonly ms: number;
  /** For a skip: `feature tasks comes with patch 2`. */
  readonly reason?: string;
  /** Of a case that failed and was run again. */
  readonly tries?: Tries;
  /** Of one that is known. */
  readonly known?: KnownFailure;
  /** Why it does not pass; of one that passes, but failed before (see `tries`): why it failed then. */
  readonly cause?: Cause;
  readonly splats?: readonly Splat[];
  /** Of one that passes by itself: how it went when its allocations failed, where that was asked for. */
  readonly faults?: FaultSweep;
  /** A command that repeats just this; of one that fails or is known, in a run. */
  readonly reproduce?: string;
  /** What its code printed: `t.log`, `console.log`; bounded. */
  readonly output?: readonly string[];
}
