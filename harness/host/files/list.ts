import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from './files.ts';

function isMissing(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === 'ENOENT' || code === 'ENOTDIR';
}

/** The text of a file, or undefined when there is none. */
export async function readTextFile(file: string): Promise<string | undefined> {
  return withHostErrors(`read ${file}`, () => readFile(file, 'utf8')).catch((error: unknown) => {
    if (isMissing((error as Error).cause)) return undefined;
    throw error;
  });
}

/** Absolute paths of all files (links to files included) below a directory; none when it does not exist. */
export async function listFiles(directory: string): Promise<string[]> {
  const entries = await withHostErrors(`list ${directory}`, () =>
    readdir(directory, { recursive: true, withFileTypes: true }),
  ).catch((error: unknown) => {
    if (isMissing((error as Error).cause)) return [];
    throw error;
  });
  return entries.filter((entry) => !entry.isDirectory()).map((entry) => path.join(entry.parentPath, entry.name));
}
