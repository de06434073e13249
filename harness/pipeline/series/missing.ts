import path from 'node:path';
import { isThere } from '../../host/files/kind.ts';
import { mustGit } from '../../host/git/git.ts';

/**
 * A file or directory that a work tree should have and has not, with its path: somebody has removed it. Looks at all
 * directories and what lies at the top. A link to nothing is there: a patch may bring one.
 *
 * @throws HostError where the repository is gone as well
 */
export async function missingFrom(
  directory: string,
  { repository, tree }: { readonly repository: string; readonly tree: string },
  signal: AbortSignal,
): Promise<string | undefined> {
  const list = async (...words: readonly string[]): Promise<string[]> => {
    const args = ['ls-tree', '-z', '--name-only', ...words, tree];
    const listed = await mustGit({ repository }, args, 'listing the tree', { signal, cwd: '/' });
    return listed.split('\0').filter((name) => name !== '');
  };
  const names = [...(await list()), ...(await list('-r', '-d'))].map((name) => path.join(directory, name));
  const there = await Promise.all(names.map((name) => isThere(name)));
  return names.find((_, index) => !there[index]);
}
