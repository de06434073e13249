import type { CachePiece } from '../model/index.ts';

const dayMs = 24 * 60 * 60 * 1000;
const hourMs = 60 * 60 * 1000;

/** What `quiltboot gc` is asked for; absent bounds don't hold. */
export interface KeepRules {
  /** What was used within so many days stays, as far as `maxBytes` lets it. */
  readonly keepDays?: number;
  /** All that stays together has at most so many bytes. */
  readonly maxBytes?: number;
}

/** How many work trees a run leaves whatever their age, and how long it leaves the others after their last use. */
const worktreeRules = { kept: 8, othersMs: 12 * hourMs, longestMs: 14 * dayMs, atOnce: 4 } as const;

/**
 * What has to go so that the rules hold: work trees beyond the newest, with what was built of them, then whatever was not
 * used for the longest time. A work tree is large and is there again within a minute; what was compiled is not.
 *
 * @param now milliseconds of the epoch
 */
export function piecesToFree(
  pieces: readonly CachePiece[],
  { keepDays, maxBytes }: KeepRules,
  now: number,
): CachePiece[] {
  const spare = new Set(
    newestWorktrees(pieces)
      .slice(worktreeRules.kept)
      .flatMap((tree) => [tree, ...buildsOf(tree, pieces)]),
  );
  const order = [...pieces].sort((a, b) => Number(spare.has(b)) - Number(spare.has(a)) || a.used - b.used);
  let total = pieces.reduce((sum, { bytes = 0 }) => sum + bytes, 0);
  return order.filter(({ used, bytes = 0 }) => {
    const isOld = keepDays !== undefined && now - used > keepDays * dayMs;
    const isMuch = maxBytes !== undefined && total > maxBytes;
    if (isOld || isMuch) total -= bytes;
    return isOld || isMuch;
  });
}

function newestWorktrees(pieces: readonly CachePiece[]): CachePiece[] {
  return pieces.filter(({ kind }) => kind === 'worktrees').sort((a, b) => b.used - a.used);
}

/**
 * The work trees that no recent run used, the oldest first. Each has all files of a kernel, and each revision of a series
 * has one of its own. Few at a time, for a run waits until they are gone.
 */
export function oldWorktrees(pieces: readonly CachePiece[], now: number): CachePiece[] {
  const { kept, othersMs, longestMs, atOnce } = worktreeRules;
  return newestWorktrees(pieces)
    .filter(({ used }, index) => now - used > (index < kept ? longestMs : othersMs))
    .reverse()
    .slice(0, atOnce);
}

/** The build directories that a work tree was compiled in; without it every object in them is out of date. */
export function buildsOf({ name }: CachePiece, pieces: readonly CachePiece[]): CachePiece[] {
  return pieces.filter((piece) => piece.kind === 'builds' && piece.name.endsWith(`-${name}`));
}
