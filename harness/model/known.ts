import type { CellRef } from './cell-ref.ts';
import type { Outcome } from './outcome.ts';

/** A failure that the project file declares: it is shown, and does not fail a run. Has `case`, `title` or both. */
export interface KnownIssue {
  /** `SUITE: NAME` of cases, where `*` stands for any text. */
  readonly case?: string;
  /** A part of what the failure says: of its summary, or of the title of a report in the kernel log. */
  readonly title?: string;
  readonly target?: string;
  /** The last day on which it does not count, `2026-12-31`. */
  readonly until?: string;
  /** An address or a text for whoever asks why it is accepted. */
  readonly why: string;
}

/** What a failure was before it was found to be known. */
export interface KnownFailure extends Pick<KnownIssue, 'why' | 'until'> {
  readonly was: Outcome;
}

/**
 * What a run says of a known issue. `seen`: it failed as declared; `gone`: everything that it is about ran and passed;
 * `expired`: it failed as declared, but its day is over, so that it counts; `idle`: the run tells nothing of it.
 */
export interface KnownState extends KnownIssue {
  readonly state: 'seen' | 'gone' | 'expired' | 'idle';
  /** Cells that show the state; none where it is idle. */
  readonly cells: readonly CellRef[];
}
