import type { Blame } from './errors.ts';

/** A place on a kernel stack. */
export interface StackFrame {
  readonly function: string;
  /** Bytes from the beginning of the function. */
  readonly offset: number;
  /** The processor was there; other frames are where a call will return to. */
  readonly instruction?: true;
  /** Bytes that the function has; 0 when the log does not tell. */
  readonly size: number;
  /** `kernel/fork.c:120`, relative to the tree; absent without debug information. */
  readonly place?: string;
  /** Functions whose code the compiler put in here, innermost first, each with its place. `function` is the outermost. */
  readonly inlined?: readonly { readonly function: string; readonly place: string }[];
}

/** A kernel-log report: what the recogniser makes of a panic, oops, warning or lockdep message. */
export interface Splat {
  readonly family: string;
  readonly title: string;
  /** The lines of the log that show it, in order. */
  readonly excerpt: readonly string[];
  /** `fatal` ends the guest; `error` fails the case; `coverage` means that a checker turned itself off. */
  readonly severity: 'fatal' | 'error' | 'coverage';
  /** The call trace, innermost first; absent when the report has none. */
  readonly trace?: readonly StackFrame[];
}

/** A message of the compiler, linker or make, with its place in the kernel tree where it names one. */
export interface Diagnostic {
  readonly severity: 'warning' | 'error';
  /** Relative to the tree. */
  readonly file?: string;
  readonly line?: number;
  readonly column?: number;
  readonly message: string;
  /** `-Wunused-variable` and the like. */
  readonly option?: string;
  /** The object that was being made, relative to the build directory. */
  readonly object?: string;
}

/** An include that a file lacks, as the diagnosis of a failed build proposes it. */
export interface MissingInclude {
  /** The file that lacks it, relative to the tree, and the line that needs it. */
  readonly file: string;
  readonly line: number;
  /** `<linux/kmod.h>`. */
  readonly include: string;
  /** What it declares. */
  readonly symbol: string;
}

/** Why something did not pass. */
export interface Cause {
  readonly blame: Blame;
  /** One sentence: what failed. */
  readonly summary: string;
  /** The lines that matter, ready to print. */
  readonly excerpt: readonly string[];
  /** A log to read on, relative to the run directory where it lies inside it. */
  readonly log?: string;
  /** What is known of the reason and what would help, a sentence or a line of a diff each. */
  readonly advice?: readonly string[];
  readonly missingIncludes?: readonly MissingInclude[];
}
