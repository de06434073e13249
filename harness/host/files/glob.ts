import { stat } from 'node:fs/promises';
import path from 'node:path';
import { glob } from 'tinyglobby';

/**
 * The files that a word means, sorted: itself, everything with one of the endings below it when it is a directory, else
 * what it matches as a glob; without what `ignore` matches. Empty when there is none.
 */
export async function expandFiles(
  word: string,
  endings: readonly string[],
  ignore: readonly string[] = [],
): Promise<string[]> {
  const found = await stat(word).catch(() => undefined);
  if (found?.isFile()) return [path.resolve(word)];
  const patterns = found?.isDirectory() ? endings.map((ending) => `**/*${ending}`) : [word];
  const files = await glob(patterns, {
    absolute: true,
    ...(found?.isDirectory() ? { cwd: word } : {}),
    ignore: ['**/node_modules/**', ...ignore],
  });
  return files.sort();
}
