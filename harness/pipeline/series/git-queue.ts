import path from 'node:path';
import { isDirectory } from '../../host/files/kind.ts';
import { listDirectory } from '../../host/files/list.ts';
import { withLock } from '../../host/files/lock.ts';
import { mustReadBytes, readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import { gitFailure, gitTool } from '../../host/git/git.ts';
import { defined, type SeriesSpec, UserError } from '../../model/index.ts';

/** Beside the patches: the commits that they were made of. */
const stampFile = '.commits';

type Range = NonNullable<SeriesSpec['git']>;

/** The commits of a range, oldest first. Throws UserError for one that is no list of patches. */
async function commitsOf({ repository, range, location }: Range, signal: AbortSignal): Promise<string[]> {
  const where = defined({ location });
  if (!(await isDirectory(repository))) {
    throw new UserError(`there is no repository ${repository}`, { code: 'QB-PATH', ...where });
  }
  const list = async (...words: string[]): Promise<string[]> => {
    const listed = await gitTool(repository, ['rev-list', ...words, range, '--'], { signal });
    if (listed.exitCode === 0) return listed.stdout.split('\n').filter((line) => line !== '');
    throw new UserError(`there is no range ${range} in ${repository}`, {
      code: 'QB-REVISION',
      hint: listed.stderr.trim(),
      ...where,
    });
  };
  const [merge] = await list('--merges');
  if (merge !== undefined) {
    throw new UserError(`${range} has a merge (${merge.slice(0, 12)}), which is no patch`, {
      code: 'QB-REVISION',
      hint: 'a series is a line of commits: rebase the branch, or begin behind the merge',
      ...where,
    });
  }
  const commits = await list('--reverse', '--topo-order');
  if (commits.length > 0) return commits;
  throw new UserError(`there is no commit in ${range}`, {
    code: 'QB-REVISION',
    hint: 'expected BASE..TOPIC with a TOPIC that has commits of its own',
    ...where,
  });
}

/** Titles as file names, without the numbers that change whenever a commit is put in front. */
function namesOf(files: readonly string[]): string[] {
  const plain = files.map((file) => file.replace(/^\d+-/, ''));
  return plain.map((name, index) =>
    plain.filter((other) => other === name).length > 1 ? (files[index] ?? name) : name,
  );
}

/**
 * Writes the commits of a series as a quilt queue to its directory, unless it has just these. The directory is ours.
 *
 * @throws UserError for a range that is not there, is empty or has merges; HostError
 */
export async function writeGitQueue(directory: string, range: Range, signal: AbortSignal): Promise<void> {
  const commits = await commitsOf(range, signal);
  const stamp = `${commits.join('\n')}\n`;
  await ensureDirectory(path.dirname(directory));
  await withLock(
    { file: `${directory}.lock`, signal, purpose: 'writing the commits of a series as patches' },
    async () => {
      if ((await readText(path.join(directory, stampFile))) === stamp) return;
      await withScratch({ purpose: 'queue' }, async (scratch) => {
        const how = ['--no-signature', '--no-stat', '--full-index', '--binary', '--no-renames', '--no-cover-letter'];
        const format = ['format-patch', ...how, '--no-thread', '--no-attach', '--no-notes', '-N', '-o', scratch];
        const made = await gitTool(range.repository, [...format, range.range], { signal });
        if (made.exitCode !== 0) throw gitFailure(made, `writing the commits of ${range.range}`);
        const files = (await listDirectory(scratch)).filter((name) => name.endsWith('.patch'));
        const names = namesOf(files);
        await removePath(directory);
        await ensureDirectory(directory);
        for (const [index, file] of files.entries()) {
          await writeFileAtomic(
            path.join(directory, names[index] ?? file),
            await mustReadBytes(path.join(scratch, file)),
          );
        }
        await writeFileAtomic(path.join(directory, 'series'), `${names.join('\n')}\n`);
        await writeFileAtomic(path.join(directory, stampFile), stamp);
      });
    },
  );
}
