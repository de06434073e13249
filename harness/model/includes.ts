import type { Run } from './run.ts';

/** An include that the preprocessor carried out, or passed over since its file was there already; paths are relative to the tree, or to the build directory. */
export interface Edge {
  readonly from: string;
  readonly line: number;
  readonly spec: string;
  /** Undefined where it can't be told which file it means. */
  readonly to: string | undefined;
}

/** `kernel/container.c:12 -> include/linux/highmem.h:9 -> include/linux/kmod.h`. */
export function describeChain(chain: readonly Edge[]): string {
  const last = chain.at(-1)?.to;
  return [...chain.map(({ from, line }) => `${from}:${line}`), ...(last === undefined ? [] : [last])].join(' -> ');
}

/** A name that a file uses and that something else has to declare. */
export interface Use {
  readonly name: string;
  readonly line: number;
  /** A struct counts only where its definition is needed: by value, in sizeof, or with a member. */
  readonly kind: 'call' | 'name' | 'struct';
}

/** How one target comes to a declaration that a file does not include. */
interface Way {
  readonly target: string;
  readonly chain: readonly Edge[];
  /** The steps that need not be there elsewhere, each with its reason; empty for a way that every kernel has. */
  readonly weak: readonly string[];
}

/** A name that a file uses and that it reaches only by way of another header. */
export interface IndirectUse {
  readonly file: string;
  readonly use: Use;
  /** What would be included: `<linux/umh.h>`. */
  readonly include: string;
  readonly ways: readonly Way[];
}

/** Whether some kernel may lack it: a target's way has a weak step. */
export function isRisky({ ways }: IndirectUse): boolean {
  return ways.some(({ weak }) => weak.length > 0);
}

/** What `quiltboot lint-includes` found. */
export interface LintResult {
  /** Every indirect use, risky or not, in the order of files and lines. */
  readonly uses: readonly IndirectUse[];
  /** The files that were checked. */
  readonly files: readonly string[];
  /** Files of the series that no translation unit of the targets contains. */
  readonly unseen: readonly string[];
  readonly targets: readonly string[];
}

/** Includes that files lack from a patch on. */
export interface QueueFix {
  /** File name of the patch. */
  readonly patch: string;
  readonly file: string;
  readonly includes: readonly string[];
}

/** What came of putting missing includes into a queue. */
export interface FixResult {
  readonly fixes: readonly QueueFix[];
  /** Files of the queue that were written, absolute; empty when nothing was. */
  readonly written: readonly string[];
  /** The build of the changed queue; undefined when there was nothing to try. */
  readonly trial?: Run;
  /** Why nothing was written. */
  readonly problem?: string;
}
