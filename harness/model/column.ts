import type { Target } from './target.ts';
import type { Toolchain } from './toolchain.ts';

/** A column of a matrix: the kernels of one target that one toolchain builds. */
export interface Column {
  /** The target's, `x86_64`; with that of the toolchain where there are several, `x86_64/clang-14`. */
  readonly name: string;
  readonly target: Target;
  readonly toolchain: Toolchain;
  /** Why nothing of it can be built, as a clause; absent where it can. */
  readonly missing?: string;
}

/** What stands between the target and the toolchain in the name of a column. */
const between = '/';

/** The columns of some targets and toolchains, target by target. */
export function columnsOf(targets: readonly Target[], toolchains: readonly Toolchain[]): Column[] {
  const name = (target: Target, toolchain: Toolchain): string =>
    toolchains.length === 1 ? target.name : `${target.name}${between}${toolchain.name}`;
  return targets.flatMap((target) =>
    toolchains.map((toolchain) => ({ name: name(target, toolchain), target, toolchain })),
  );
}

/** The names of the target and of the toolchain in the name of a column. */
export function columnParts(name: string): { readonly target: string; readonly toolchain?: string } {
  const at = name.indexOf(between);
  return at < 0 ? { target: name } : { target: name.slice(0, at), toolchain: name.slice(at + 1) };
}
