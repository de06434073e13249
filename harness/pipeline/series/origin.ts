import { hashValues } from '../../host/files/hash.ts';
import type { Origin, PreparedTree, Series } from '../../model/index.ts';

/** What a series' work tree and builds are kept under. */
export interface Origins {
  /** Names the work tree. */
  readonly worktree: string;
  /** Of the base alone. */
  readonly base: Origin;
  /** Of the points that have patches. */
  readonly patched: Origin;
}

function short(...values: readonly unknown[]): string {
  return hashValues(...values).slice(0, 16);
}

/**
 * Where the builds of a series may share something with others. What a series is called decides nothing: patches of
 * others are known by their content, those that the user vouches for by the queue that they are kept in, so that a build
 * resumes after one of them was changed.
 *
 * @param trees git's names of the content of every point
 * @param shared names the builds of many trees that are alike, one after the other
 */
export function originsOf(
  tree: PreparedTree,
  series: Series,
  trees: readonly (string | undefined)[],
  shared?: string,
): Origins {
  const below = shared ?? tree.key;
  if (series.trust === 'own') {
    const id = `own-${short(below, series.name, series.directory ?? null)}`;
    const own: Origin = { kind: 'own', id, tree: below };
    return { worktree: id, base: own, patched: own };
  }
  // Where trees come one after the other, what an earlier one left is there when a later one is built.
  const content = shared === undefined ? trees : series.patches.map(({ hash }) => hash);
  const patched: Origin = { kind: 'series', id: `series-${short(below, content)}`, tree: below };
  const base: Origin = shared === undefined ? { kind: 'tree', id: `tree-${short(below)}`, tree: below } : patched;
  return { worktree: patched.id, base, patched };
}
