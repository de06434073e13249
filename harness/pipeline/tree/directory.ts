import path from 'node:path';
import { hashValues } from '../../host/files/hash.ts';
import { exists } from '../../host/files/kind.ts';
import { removePath } from '../../host/files/remove.ts';
import { ensureDirectory } from '../../host/files/write.ts';
import { createRepository, mustGit } from '../../host/git/git.ts';
import { addEverything, addListed, workTreeFiles } from '../../host/git/import.ts';
import type { Context } from '../../model/index.ts';
import { locked } from '../locked.ts';

/** A directory's content, stored in a repository of its own in the cache. */
export interface Snapshot {
  readonly repository: string;
  /** Git's object name of the content. */
  readonly tree: string;
}

/**
 * Takes the content of a directory as it is now. Of a git work tree that means its tracked files, edits included, and
 * new files that it does not ignore; of any other directory, everything. The directory is only read.
 *
 * Its index stays in the cache, so that taking it again reads only files that changed.
 */
export async function snapshotOfDirectory(directory: string, context: Context): Promise<Snapshot> {
  const { signal, cache } = context;
  const name = `directory-${hashValues(directory).slice(0, 16)}`;
  const home = path.join(cache.trees, name);
  const repository = path.join(home, 'objects.git');
  const place = { repository, index: path.join(home, 'index'), worktree: directory };
  return locked(context, { name, purpose: `reading ${directory}` }, async () => {
    await ensureDirectory(home);
    // `git init` is the same when it was interrupted before: it fills in what is missing.
    if (!(await exists(path.join(repository, 'info', 'attributes')))) await createRepository(repository, signal);
    await removePath(`${place.index}.lock`);
    const files = await workTreeFiles(directory, signal);
    if (files === undefined) await addEverything(place, signal);
    else await addListed(place, files, signal);
    const tree = (await mustGit(place, ['write-tree'], 'writing a git tree', { signal })).trim();
    return { repository, tree };
  });
}
