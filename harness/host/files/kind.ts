import { access, lstat, stat } from 'node:fs/promises';

/** Whether something has this name. */
export async function exists(name: string): Promise<boolean> {
  return access(name).then(
    () => true,
    () => false,
  );
}

/** Whether something has this name, be it a link to nothing. */
export async function isThere(name: string): Promise<boolean> {
  return lstat(name).then(
    () => true,
    () => false,
  );
}

/** Whether there is a regular file (or a link to one). */
export async function isFile(name: string): Promise<boolean> {
  return stat(name).then(
    (found) => found.isFile(),
    () => false,
  );
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

/** Whether there is a symbolic link, wherever it leads. */
export async function isLink(name: string): Promise<boolean> {
  return lstat(name).then(
    (found) => found.isSymbolicLink(),
    () => false,
  );
}

/** Whether somebody may run the file. */
export async function isExecutable(name: string): Promise<boolean> {
  const found = await stat(name).catch(() => undefined);
  return found?.isFile() === true && (found.mode & 0o111) !== 0;
}
