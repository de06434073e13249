import path from 'node:path';

/** Most characters of a record that are read, and most files that it may name. */
const most = { characters: 2 ** 24, files: 20_000 } as const;

/**
 * The files of a tree that a compiler has read, as rules of make name them.
 *
 * @param directory where the compiler ran, relative to the tree
 * @param worktree where it saw the tree; absolute
 * @returns paths relative to the tree, each once
 */
export function readRecord(
  text: string,
  { directory, worktree }: { readonly directory: string; readonly worktree: string },
): string[] {
  const found = new Set<string>();
  const words = text.slice(0, most.characters).replaceAll('\\\n', ' ').split(/\s+/);
  for (const word of words) {
    if (word === '' || word.endsWith(':')) continue;
    const file = path.posix.relative(worktree, path.posix.resolve(worktree, directory, word));
    if (file !== '' && !file.startsWith('..') && found.size < most.files) found.add(file);
  }
  return [...found].sort();
}
