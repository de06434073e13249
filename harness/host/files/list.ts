import { lstat, readdir } from 'node:fs/promises';
import path from 'node:path';
import { isMissing, withHostErrors } from './errors.ts';
import { mustReadBytes } from './read.ts';

async function list<T>(directory: string, read: () => Promise<T[]>): Promise<T[]> {
  return withHostErrors(`list ${directory}`, () =>
    read().catch((error: unknown) => {
      if (isMissing(error)) return [];
      throw error;
    }),
  );
}

/** The names in a directory, sorted; none when it does not exist. */
export async function listDirectory(directory: string): Promise<string[]> {
  return (await list(directory, () => readdir(directory))).sort();
}

/** Absolute paths of all files (links included) below a directory, sorted; none when it does not exist. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await list(directory, () => readdir(directory, { recursive: true, withFileTypes: true }));
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

export interface TreeFile {
  /** Relative to the directory, with `/`. */
  readonly path: string;
  readonly data: Buffer;
}

/** All regular files below a directory with their content, sorted by path. Links are left out. */
export async function readFiles(
  directory: string,
  wanted: (path: string) => boolean = () => true,
): Promise<TreeFile[]> {
  const files: TreeFile[] = [];
  for (const file of await listFiles(directory)) {
    const name = path.relative(directory, file);
    if (!wanted(name)) continue;
    const kind = await withHostErrors(`read ${file}`, () => lstat(file));
    if (kind.isFile()) files.push({ path: name, data: await mustReadBytes(file) });
  }
  return files;
}
