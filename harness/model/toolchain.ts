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
}
