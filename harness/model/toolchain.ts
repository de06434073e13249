/** A compiler family with the flags that a tree needs; flags are for building the kernel. */
export interface Toolchain {
  readonly name: string;
  /** Without the target's prefix: `gcc`, `gcc-12`. */
  readonly cc: string;
  readonly hostcc: string;
  readonly flags: readonly string[];
  /** Additional flags for one target. */
  readonly targetFlags: Readonly<Record<string, readonly string[]>>;
  readonly hostFlags: readonly string[];
  /** Options of the linker, where it is to be named to make: then it replaces the one that the tree would have chosen. */
  readonly linkerFlags?: readonly string[];
  /** Additional options of the linker for one target. */
  readonly targetLinkerFlags?: Readonly<Record<string, readonly string[]>>;
  /** Names build directories of its own; absent for the one that a tree is ordinarily built with. */
  readonly place?: string;
}

/** What follows the names of LLVM's tools, `-14`; undefined for a compiler that is not clang. */
export function clangSuffix({ cc }: Pick<Toolchain, 'cc'>): string | undefined {
  return /^clang((?:-\d+)?)$/.exec(cc)?.[1];
}
