import { usedSince } from '../../host/files/in-use.ts';
import { tryLock } from '../../host/files/lock.ts';
import { removePath } from '../../host/files/remove.ts';
import { newestChange } from '../../host/files/usage.ts';
import { movePath, temporaryName } from '../../host/files/write.ts';
import { removeBuilt } from '../../host/make/build-directory.ts';
import type { Context, Freed } from '../../model/index.ts';
import type { PlacedPiece } from './pieces.ts';

/** Kinds that builds write in: directories there may be closed, and names as long as they like. */
const built: ReadonlySet<string> = new Set(['builds', 'worktrees', 'ccache']);

async function removeAll({ kind, paths }: PlacedPiece): Promise<void> {
  for (const name of paths) await (built.has(kind) ? removeBuilt(name) : removePath(name));
}

/** Removes a piece that nobody locks; resolves with whether it did. */
async function removeLocked(piece: PlacedPiece, file: string, signal: AbortSignal): Promise<boolean> {
  const lock = await tryLock({ file, purpose: `removing ${piece.name} from the cache`, signal });
  if (lock === undefined) return false;
  try {
    if ((await newestChange(piece.stamps)) !== piece.used) return false;
    await removeAll(piece);
    return true;
  } finally {
    await lock.release();
  }
}

/**
 * Removes a piece that has no lock. It loses its name first: whoever looked for it a moment before has changed its time, and
 * then it gets its name back.
 */
async function removeRenamed(piece: PlacedPiece): Promise<boolean> {
  const [first, ...others] = piece.paths;
  if (first === undefined) return false;
  const aside = temporaryName(first);
  const moved = (name: string): string =>
    name === first ? aside : name.startsWith(`${first}/`) ? aside + name.slice(first.length) : name;
  await movePath(first, aside);
  if ((await newestChange(piece.stamps.map(moved))) !== piece.used) {
    await movePath(aside, first);
    return false;
  }
  await removeAll({ ...piece, paths: [aside, ...others] });
  return true;
}

/**
 * Removes pieces of the cache, but for those that a process works with or may: their lock is held, or they were used since the
 * oldest other process began.
 *
 * @throws HostError for what can't be removed
 */
export async function freePieces(
  pieces: readonly PlacedPiece[],
  { cache, signal }: Pick<Context, 'cache' | 'signal'>,
  dryRun = false,
): Promise<Freed> {
  const since = await usedSince(cache.root);
  const removed: PlacedPiece[] = [];
  const inUse: PlacedPiece[] = [];
  for (const piece of pieces) {
    signal.throwIfAborted();
    const isUsed = since !== undefined && piece.used >= since;
    const gone = !isUsed && (dryRun ? await isFree(piece, signal) : await remove(piece, signal));
    (gone ? removed : inUse).push(piece);
  }
  return { removed, inUse };
}

async function remove(piece: PlacedPiece, signal: AbortSignal): Promise<boolean> {
  return piece.lock === undefined ? removeRenamed(piece) : removeLocked(piece, piece.lock, signal);
}

async function isFree({ lock: file, name }: PlacedPiece, signal: AbortSignal): Promise<boolean> {
  if (file === undefined) return true;
  const lock = await tryLock({ file, purpose: `looking at ${name}`, signal });
  await lock?.release();
  return lock !== undefined;
}
