import path from 'node:path';
import { readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { runGit } from '../../host/git/git.ts';
import { type Context, HostError, type PreparedTree } from '../../model/index.ts';

/**
 * Runs an action that reads a prepared tree. Where git fails, git is also asked whether the repository is whole: a damaged
 * one would fail the same way for ever, so it is removed, and the next fetch prepares it again.
 *
 * @throws HostError that says so; whatever else the action throws
 */
export async function onWholeTree<T>(
  { name, repository }: Pick<PreparedTree, 'name' | 'repository'>,
  { signal, cache }: Context,
  action: () => Promise<T>,
): Promise<T> {
  try {
    return await action();
  } catch (error) {
    if (!(error instanceof HostError) || error.code !== 'QB-GIT' || signal.aborted) throw error;
    const check = await runGit({ repository }, ['fsck', '--full', '--no-dangling', '--no-progress'], {
      signal,
      cwd: '/',
    });
    if (check.exitCode === 0) throw error;
    for (const place of [...(await sourcesOf(repository, cache.trees)), repository]) await removePath(place);
    throw new HostError(`the prepared tree ${name} was damaged and is removed: run again to prepare it again`, {
      code: 'QB-GIT',
      cause: error,
      hint: `${error.message}${error.hint === undefined ? '' : `\n${error.hint}`}`,
    });
  }
}

/** The places in our cache that a repository borrows objects from; those of the user's are not ours to remove. */
async function sourcesOf(repository: string, trees: string): Promise<string[]> {
  const lines = ((await readText(path.join(repository, 'objects', 'info', 'alternates'))) ?? '').split('\n');
  return lines.flatMap((line) => {
    const [name = ''] = path.relative(trees, path.resolve(line)).split(path.sep);
    return line === '' || name === '' || name === '..' ? [] : [path.join(trees, name)];
  });
}
