import { existsSync } from 'node:fs';
import path from 'node:path';
import { runCommand } from '../process.ts';

/** Files below folders of a directory whose text has a word (letters, digits, underscores), relative to the directory. */
export async function filesWithWord(
  directory: string,
  folders: readonly string[],
  word: string,
  signal: AbortSignal,
): Promise<string[]> {
  const there = folders.filter((folder) => existsSync(path.join(directory, folder)));
  if (there.length === 0) return [];
  const argv = ['grep', '-rlwF', '--include=*.h', '-e', word, '--', ...there] as const;
  const result = await runCommand({ argv: [...argv], cwd: directory, signal });
  return result.stdout.split('\n').filter((line) => line !== '');
}
