import type { Tries } from './case.ts';
import type { Diagnostic } from './cause.ts';
import type { OptionChange, Sizes } from './cell.ts';
import type { CellRef } from './cell-ref.ts';
import type { Outcome, StageName } from './outcome.ts';

/** What can pass at one point and fail at another: a case, or a stage as a whole where `suite` and `name` are absent. */
export interface Subject {
  readonly target: string;
  readonly stage: StageName;
  readonly suite?: string;
  readonly name?: string;
}

/** Neighbouring points at which something fails. */
export interface Span {
  /** The first point that fails; 0 means that the base does. */
  readonly from: number;
  /** The last point before it that was good; null when none was tried or the subject only came with `from`. */
  readonly goodBefore: number | null;
  /** The last point of the span that is known to fail. */
  readonly to: number;
  /** The first point after the span that is good again; null when none is. */
  readonly fixedBy: number | null;
}

/** What the points of a run say about something that fails at one of them at least. */
export interface Finding extends Subject {
  /** How it ends where it fails first. */
  readonly outcome: Outcome;
  /** One sentence about that. */
  readonly summary: string;
  /** Ascending, never empty. */
  readonly spans: readonly Span[];
}

/** The same case (or stage) at the same points, good on some targets and bad on others. */
export interface TargetDifference extends Omit<Subject, 'target'> {
  /** Property of the machine that tells the two sets apart; `target` when none does. */
  readonly kind: 'endian' | 'bits' | 'toolchain' | 'target';
  readonly bad: readonly string[];
  readonly good: readonly string[];
  /** Ascending. */
  readonly points: readonly number[];
}

/**
 * How a subject does in a run compared with an earlier one: `new` was not failing before, `fixed` is good again, `still`
 * fails in both, `flaky` was seen both ways on the same image, `gone` passed before and has no result now.
 */
export type ChangeKind = 'new' | 'fixed' | 'still' | 'flaky' | 'gone';

export interface Change extends Subject {
  readonly kind: ChangeKind;
  /** Points of this run, ascending. */
  readonly points: readonly number[];
  /** null where it has no result. */
  readonly before: Outcome | null;
  readonly now: Outcome | null;
  /** Of a case that was run again. */
  readonly tries?: Tries;
}

/** A run beside an earlier one. Cells are compared where both have the same patch (or both the base) on the same target. */
export interface Comparison {
  readonly against: {
    readonly id: string;
    readonly started: string;
    readonly series: string;
    readonly tree: string;
    readonly kernelVersion: string;
  };
  /**
   * What became of the patches of the earlier run, counted from 1; absent where either run does not know what its patches
   * change.
   */
  readonly revision?: {
    readonly equal: readonly { readonly now: number; readonly before: number }[];
    readonly changed: readonly { readonly now: number; readonly before: number }[];
    readonly added: readonly number[];
    /** File names. */
    readonly dropped: readonly string[];
  };
  /** How many cells have a counterpart. */
  readonly compared: number;
  /** Cells without one. */
  readonly unmatched: readonly CellRef[];
  readonly changes: readonly Change[];
  /** Compared by file, option and text. */
  readonly warnings: readonly (CellRef & {
    readonly fresh: readonly Diagnostic[];
    readonly gone: readonly Diagnostic[];
  })[];
  readonly sizes: readonly (CellRef & Sizes)[];
  readonly config: readonly (CellRef & { readonly changes: readonly OptionChange[] })[];
}
