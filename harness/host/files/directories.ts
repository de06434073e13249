import { lstat, readdir, rename, rm, stat } from 'node:fs/promises';
import { withHostErrors } from './files.ts';

/** Removes a file or a whole directory; one that is not there is fine. */
export async function removePath(name: string): Promise<void> {
  await withHostErrors(`remove ${name}`, () => rm(name, { recursive: true, force: true }));
}

/** Renames a file or directory within one file system. */
export async function movePath(from: string, to: string): Promise<void> {
  await withHostErrors(`move ${from} to ${to}`, () => rename(from, to));
}

/** Whether there is a directory (or a link to one). */
export async function isDirectory(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Whether there is a directory, not a link to one. */
export async function isPlainDirectory(name: string): Promise<boolean> {
  return lstat(name).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** The names in a directory, sorted. */
export async function listDirectory(directory: string): Promise<string[]> {
  return (await withHostErrors(`list ${directory}`, () => readdir(directory))).sort();
}
