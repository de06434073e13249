import type { Outcome } from './outcome.ts';

/** A report of the kernel (an oops, a warning) that stands in the same log. */
export interface KtapReport {
  /** Index of its first line. */
  readonly line: number;
  readonly title: string;
}

/** What a stream of test results does that no stream may. */
export type FaultKind =
  | 'number'
  | 'two-plans'
  | 'late-plan'
  | 'unclosed'
  | 'no-plan'
  | 'over'
  | 'empty'
  | 'bail-out'
  | 'contradiction'
  | 'flood';

/** What is wrong with a stream, and not with one of its tests, beside what its levels do; see {@link FaultKind}. */
export type KtapProblem = FaultKind | 'no-tests' | 'missing';

export interface KtapCase {
  /** Names from the outermost test to this one; empty where it is about the whole stream. */
  readonly path: readonly string[];
  readonly outcome: Outcome;
  /** Why, as half a sentence; absent of what passes. */
  readonly summary?: string;
  /** Index of the line of its result, or of where that is missing. */
  readonly line: number;
  /** What was printed between the result before and this one, bounded. */
  readonly remarks: readonly string[];
  /** Set where it is no test that says so, but the reader: the stream is not whole, or contradicts itself. */
  readonly problem?: KtapProblem;
  /** What the kernel reported while it ran. */
  readonly reports?: readonly KtapReport[];
  /** How many tests it stands for; 1 when absent. */
  readonly tests?: number;
  /** A test whose nested tests have results of their own, which differ from its own. */
  readonly group?: true;
}

export interface KtapReading {
  readonly cases: readonly KtapCase[];
  /** Reports that came before or after all tests. */
  readonly outside: readonly KtapReport[];
}
