import type { CaseResult } from './case.ts';
import type { Cause, Diagnostic } from './cause.ts';
import type { Code } from './codes.ts';
import type { Compiled } from './compiled.ts';
import type { CellCoverage } from './coverage.ts';
import type { Blame } from './errors.ts';
import type { KnownFailure } from './known.ts';
import type { Outcome, StageName } from './outcome.ts';

/** One option that two resolved configurations differ in; null is not set, not visible or unknown. */
export interface OptionChange {
  readonly symbol: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Bytes of a kernel's code, data and zeroed data; a difference may be negative. */
export interface Sizes {
  readonly text: number;
  readonly data: number;
  readonly bss: number;
  /** Counted by its symbols; absent in runs of old, whose sections had the linker's padding in them. */
  readonly by?: 'symbols';
}

/** A function or variable whose bytes differ; null where a kernel has none of that name. */
export interface SymbolChange {
  readonly name: string;
  readonly before: number | null;
  readonly now: number | null;
}

/** How many functions and variables differ, and by how many bytes in all; what is removed or shrunk is negative. */
export interface SymbolCount {
  readonly symbols: number;
  readonly bytes: number;
}

/** How two kernels differ by their symbols. */
export interface SymbolChanges {
  readonly added: SymbolCount;
  readonly removed: SymbolCount;
  readonly grown: SymbolCount;
  readonly shrunk: SymbolCount;
  /** The ten largest differences, largest first. */
  readonly largest: readonly SymbolChange[];
}

/** One field of the matrix: how far a point came on a target. */
export interface Cell {
  readonly point: number;
  /** File name of the patch that makes the point; null at point 0. */
  readonly patch: string | null;
  readonly target: string;
  /** The last stage that ran. */
  readonly stage: StageName;
  readonly outcome: Outcome;
  /** Its target is one that nothing boots: that its kernel is built is all that it can tell. */
  readonly buildOnly?: true;
  /** How the base is built on the same target; told where it is not in the run and the cell failed to build. */
  readonly baseBuild?: 'pass' | 'fail';
  /** Of a cell that ended before its cases as the project file knows. */
  readonly known?: KnownFailure;
  readonly blame: Blame | null;
  /** The stable name of what ended it; null for a cell that is good, absent in runs that were stored before there were any. */
  readonly code?: Code | null;
  readonly ms: number;
  /** Whether everything in it came from the store. */
  readonly reused: boolean;
  /** Who signed its results, where all of them came from a store that machines share; absent otherwise. */
  readonly taken?: string;
  readonly cause: Cause | null;
  /** A command that repeats just this; null for a cell that passed. */
  readonly reproduce: string | null;
  readonly warnings: number;
  readonly imageHash: string | null;
  readonly configHash: string | null;
  readonly size: Sizes | null;
  /** Which files of its patch are in the kernel; absent where nothing was built and at the base. */
  readonly compiled?: Compiled;
  /** What its cases executed of the series; absent where that was not asked for, and at points before the last. */
  readonly coverage?: CellCoverage;
  readonly stages: Readonly<
    Partial<Record<StageName, { readonly outcome: Outcome; readonly ms: number; readonly reused: boolean }>>
  >;
  readonly cases: readonly CaseResult[];
  /** Logs of this cell, relative to the run directory. */
  readonly logs: Readonly<Record<string, string>>;
  /** What the compiler said at this point; absent where nothing was built. */
  readonly diagnostics?: {
    readonly warnings: readonly Diagnostic[];
    /** Warnings that the previous point does not have, matched by content; absent where there was none to compare with. */
    readonly fresh?: readonly Diagnostic[];
    readonly errors: readonly Diagnostic[];
  };
  /** What differs from the nearest earlier point of the run that was built on the same target. */
  readonly changes?: {
    readonly since: number;
    readonly size?: Sizes;
    readonly symbols?: SymbolChanges;
    readonly config: readonly OptionChange[];
  };
}
