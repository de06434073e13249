import type { CaseResult } from './case.ts';
import type { Cause, Diagnostic, Splat } from './cause.ts';
import type { Sizes } from './cell.ts';
import type { CountedBuild, Executed } from './coverage.ts';
import type { Outcome } from './outcome.ts';
import type { SandboxName } from './sandbox.ts';

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
  /** Symbols that the fragments ask for and the kernel does not have, for the target or yet; absent where there are none. */
  readonly left?: readonly string[];
  /** What kconfig complained about. A build at this point counts them among its own warnings. */
  readonly warnings?: readonly Diagnostic[];
  /** Options that were asked for where the kernel can have them, and that it cannot have; with the reason, as clauses. */
  readonly unmet?: readonly string[];
  readonly ms: number;
  readonly reused: boolean;
  /** Who signed it, where it was taken from a store that machines share. */
  readonly taken?: string;
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
  /** Over vmlinux and System.map, from which reports take names. */
  readonly symbolsHash?: string;
  /** What make ran in, this time or when the result was stored. */
  readonly sandbox: SandboxName | 'none';
  readonly vmlinux?: string;
  readonly systemMap?: string;
  /** Absolute path of the list of files that the kernel was made with; absent when the build failed. */
  readonly usedFiles?: string;
  /** Store directory with the modules that were built, as {@link listModules} names them; absent where there are none. */
  readonly modules?: string;
  readonly configFile: string;
  readonly log: string;
  /** Every warning that holds at this point, also those of objects that this make had no need to compile. */
  readonly warnings: readonly Diagnostic[];
  /** The part of `warnings` that the previous point does not have; undefined where there is no previous point. */
  readonly newWarnings?: readonly Diagnostic[];
  readonly errors: readonly Diagnostic[];
  readonly size?: Sizes;
  /** Its counters, where it was compiled with them. */
  readonly counted?: CountedBuild;
  /** Absolute path of the sizes of the kernel's symbols; absent where they are not known. */
  readonly symbolSizes?: string;
  readonly ms: number;
  readonly reused: boolean;
  /** Who signed it, where it was taken from a store that machines share. */
  readonly taken?: string;
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
  /** Who signed it, where it was taken from a store that machines share. */
  readonly taken?: string;
  readonly cause?: Cause;
}

export interface TestResult {
  readonly stage: 'test';
  readonly outcome: Outcome;
  readonly cases: readonly CaseResult[];
  /** Which lines they executed, where the kernel counts that; as a sentence, why nobody knows. */
  readonly executed?: Executed | string;
  readonly ms: number;
  readonly reused: boolean;
  /** Who signed it, where it was taken from a store that machines share. */
  readonly taken?: string;
  readonly cause?: Cause;
}

export type StageResult = ApplyResult | ConfigureResult | BuildResult | ImageResult | BootResult | TestResult;
