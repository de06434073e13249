import type { Comparison, Finding, OptionChange, Sizes, TargetDifference } from './comparison.ts';
import type { Blame } from './errors.ts';
import type { Outcome, StageName } from './outcome.ts';

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

/** A patch that applied, or the one that did not. */
export interface ApplyResult {
  readonly stage: 'apply';
  readonly point: number;
  readonly outcome: 'pass' | 'fail' | 'not-run';
  /** Commit of the point in the worktree's repository. */
  readonly commit?: string;
  readonly ms: number;
  readonly reused: boolean;
  readonly cause?: Cause;
}

export interface ConfigureResult {
  readonly stage: 'configure';
  readonly outcome: 'pass' | 'fail';
  /** The resolved `.config`, kept in the store. */
  readonly config?: string;
  readonly configHash?: string;
  /** What kconfig complained about. A build at this point counts them among its own warnings. */
  readonly warnings?: readonly Diagnostic[];
  readonly ms: number;
  readonly reused: boolean;
  readonly cause?: Cause;
}

export interface BuildResult {
  readonly stage: 'build';
  readonly outcome: 'pass' | 'fail';
  /** Store directory with `image`, `vmlinux`, `System.map`, `config`, `build.log`. */
  readonly directory: string;
  /** Absolute path of the bootable image; absent when the build failed. */
  readonly image?: string;
  readonly imageHash?: string;
  readonly vmlinux?: string;
  readonly systemMap?: string;
  readonly configFile: string;
  readonly log: string;
  /** Every warning that holds at this point, also those of objects that this make had no need to compile. */
  readonly warnings: readonly Diagnostic[];
  /** The part of `warnings` that the previous point does not have; undefined where there is no previous point. */
  readonly newWarnings?: readonly Diagnostic[];
  readonly errors: readonly Diagnostic[];
  readonly size?: Sizes;
  readonly ms: number;
  readonly reused: boolean;
  readonly cause?: Cause;
}

/** An initramfs, made for a target. */
export interface ImageResult {
  readonly stage: 'image';
  readonly outcome: 'pass';
  readonly initramfs: string;
  readonly hash: string;
  readonly ms: number;
  readonly reused: boolean;
}

export interface BootResult {
  readonly stage: 'boot';
  readonly outcome: 'pass' | 'fail' | 'crash' | 'timeout';
  readonly log: string;
  /** Milliseconds from starting QEMU to the first completed agent command. */
  readonly bootMs?: number;
  readonly splats: readonly Splat[];
  readonly ms: number;
  readonly reused: boolean;
  readonly cause?: Cause;
}

/** How often a case was run on the same image and how often it failed, the first time included. */
export interface Tries {
  readonly runs: number;
  readonly failed: number;
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
  /** Of a case that passes, but failed before (see `tries`): why it failed then. */
  readonly cause?: Cause;
  readonly splats?: readonly Splat[];
}

export interface TestResult {
  readonly stage: 'test';
  readonly outcome: Outcome;
  readonly cases: readonly CaseResult[];
  readonly ms: number;
  readonly reused: boolean;
  readonly cause?: Cause;
}

export type StageResult = ApplyResult | ConfigureResult | BuildResult | ImageResult | BootResult | TestResult;

/** One field of the matrix: how far a point came on a target. */
export interface Cell {
  readonly point: number;
  /** File name of the patch that makes the point; null at point 0. */
  readonly patch: string | null;
  readonly target: string;
  /** The last stage that ran. */
  readonly stage: StageName;
  readonly outcome: Outcome;
  readonly blame: Blame | null;
  readonly ms: number;
  /** Whether everything in it came from the store. */
  readonly reused: boolean;
  readonly cause: Cause | null;
  /** A command that repeats just this; null for a cell that passed. */
  readonly reproduce: string | null;
  readonly warnings: number;
  readonly imageHash: string | null;
  readonly configHash: string | null;
  readonly size: Sizes | null;
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
    readonly config: readonly OptionChange[];
  };
}

export type Verdict = 'pass' | 'fail' | 'infra';

export interface Counts {
  readonly cells: Readonly<Record<Outcome, number>>;
  readonly cases: Readonly<Record<Outcome, number>>;
}

/** What `run.json` holds. */
export interface Run {
  readonly format: 1;
  readonly id: string;
  readonly verdict: Verdict;
  readonly counts: Counts;
  readonly started: string;
  readonly ms: number;
  readonly command: string;
  readonly series: {
    readonly name: string;
    readonly patches: readonly {
      readonly name: string;
      readonly subject: string;
      /** sha256 of the file. */
      readonly hash?: string;
      /** A name for what it changes; equal in every mail of the same change. */
      readonly content?: string;
      /** Relative to the project's directory, with `/`. */
      readonly file?: string;
    }[];
  };
  readonly tree: {
    readonly name: string;
    readonly key: string;
    readonly kernelVersion: string;
    readonly resolved: string;
  };
  readonly targets: readonly string[];
  /** What reports need to know of the targets. */
  readonly machines?: Readonly<Record<string, { readonly endian: 'little' | 'big'; readonly bits: 32 | 64 }>>;
  readonly points: readonly number[];
  /** Which part of the matrix this run is, counted from 1; absent when it is the whole. */
  readonly shard?: { readonly index: number; readonly count: number };
  readonly host: {
    readonly machine: string;
    readonly cpus: number;
    readonly versions: Readonly<Record<string, string>>;
  };
  readonly cells: readonly Cell[];
  /** What fails, from which patch on and until which; made of the cells. */
  readonly findings?: readonly Finding[];
  /** What fails on some targets only; made of the cells. */
  readonly differences?: readonly TargetDifference[];
  /** This run beside an earlier one, where one was named. */
  readonly comparison?: Comparison;
  readonly notes: readonly string[];
}
