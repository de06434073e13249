import { mustGit } from '../../host/git/git.ts';
import type { PreparedTree } from '../../model/index.ts';

/**
 * The names below `arch/` in a tree of git's; none where it has no such directory.
 *
 * @param tree git's name of a commit or a tree
 */
export async function architecturesOf(
  { repository }: Pick<PreparedTree, 'repository'>,
  tree: string,
  signal: AbortSignal,
): Promise<ReadonlySet<string>> {
  const words = ['ls-tree', '-z', '--name-only', tree, '--', 'arch/'];
  const listed = await mustGit({ repository }, words, 'listing architectures', { signal, cwd: '/' });
  return new Set(listed.split('\0').flatMap((file) => (file === '' ? [] : [file.replace(/^arch\//, '')])));
}
