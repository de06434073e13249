import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import { createRepository, mustGit } from '../../host/git/git.ts';
import { borrowObjects, commonDirectory, resolveLocalRef } from '../../host/git/import.ts';
import { applyToIndex } from '../../host/git/patch.ts';

/** How many patches of a series apply to a commit, one after the other, until the first that does not. */
export async function countApplying(
  repository: string,
  commit: string,
  diffs: readonly Uint8Array[],
  signal: AbortSignal,
): Promise<number> {
  return withScratch({ purpose: 'base' }, async (scratch) => {
    const place = { repository: path.join(scratch, 'repository'), index: path.join(scratch, 'index') };
    await ensureDirectory(place.repository);
    await createRepository(place.repository, signal);
    await borrowObjects(place.repository, await commonDirectory(repository, signal));
    const id = await resolveLocalRef(repository, commit, signal);
    await mustGit(place, ['read-tree', id], 'reading the base', { signal });
    for (const [index, diff] of diffs.entries()) {
      const file = path.join(scratch, 'diff');
      await writeFileAtomic(file, diff);
      if ((await applyToIndex(place, [file], { signal })).exitCode !== 0) return index;
    }
    return diffs.length;
  });
}
