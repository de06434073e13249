import { chmod, lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { noteUse } from './in-use.ts';
import { isLeftOver } from './owner.ts';
import { removePath } from './remove.ts';
import { ensureDirectory } from './write.ts';

/** What a cache of ours holds; a directory with other things in it is somebody's, and keeps its mode. */
const ours = new Set(['store', 'trees', 'builds', 'worktrees', 'images', 'downloads', 'locks']);
/** Directories in which builds make names as they like. */
const hostile = new Set(['builds', 'worktrees', 'ccache']);

/**
 * Makes the cache's root ours alone: what builds leave there (programs of theirs among it) is nobody else's to run. Then
 * removes the temporary files of killed programs in it. Never complains: whoever uses the cache does.
 */
export async function prepareCache(root: string): Promise<void> {
  try {
    await ensureDirectory(root);
    const [stat, names] = [await lstat(root), await readdir(root)];
    noteUse(root);
    const isOurs = names.length === 0 || names.some((name) => ours.has(name));
    if (isOurs && stat.uid === process.getuid?.() && (stat.mode & 0o077) !== 0) await chmod(root, 0o700);
    await collectTemporaries(root, 2);
  } catch {
    // Whoever works in the cache says what is wrong with it.
  }
}

/** Removes what {@link temporaryName} named for processes that are no more, so many levels deep. */
async function collectTemporaries(directory: string, levels: number): Promise<void> {
  for (const entry of await readdir(directory, { withFileTypes: true }).catch(() => [])) {
    const file = path.join(directory, entry.name);
    const [, space, pid] = /\.([0-9a-f]{6})-(\d+)\.[0-9a-f]{8}\.tmp(?:\.\w+)?$/.exec(entry.name) ?? [];
    if (space !== undefined && (await isLeftOver(file, { space, pid: Number(pid) }))) {
      await removePath(file).catch(() => undefined);
    } else if (levels > 0 && entry.isDirectory() && !entry.name.startsWith('.') && !hostile.has(entry.name)) {
      await collectTemporaries(file, levels - 1);
    }
  }
}
