import { randomBytes } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { cp, mkdir, rename, rmdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from './errors.ts';
import { exists, isDirectory } from './kind.ts';
import { processSpace } from './owner.ts';
import { removePath } from './remove.ts';

export async function ensureDirectory(directory: string): Promise<string> {
  await withHostErrors(`create ${directory}`, () => makeDirectories(path.resolve(directory)));
  return directory;
}

/**
 * Makes a directory and those above it; resolves with what was made, outermost first. Fails with the errno of the file
 * system. Node's own `recursive` tries without end where a file system answers ENOENT to every mkdir, as /proc does.
 */
export async function makeDirectories(directory: string): Promise<string[]> {
  try {
    await mkdir(directory);
    return [directory];
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const parent = path.dirname(directory);
    if (code !== 'ENOENT') {
      if (code !== undefined && (await isDirectory(directory))) return [];
      throw error;
    }
    if (parent === directory) throw error;
    // Somebody else may have made the parent meanwhile. Where it was there all the time, the directory can't be made at all.
    if (await isDirectory(parent)) return await makeInside(directory);
    const above = await makeDirectories(parent);
    try {
      return [...above, ...(await makeInside(directory))];
    } catch (cause) {
      await removeEmpty(above);
      throw cause;
    }
  }
}

/** Removes directories that were made, innermost first; one that somebody else uses by now stays. */
export async function removeEmpty(made: readonly string[]): Promise<void> {
  for (const directory of made.toReversed()) await rmdir(directory).catch(() => undefined);
}

/** Makes a directory in one that was made just now; another process may be faster. */
async function makeInside(directory: string): Promise<string[]> {
  return mkdir(directory).then(
    () => [directory],
    async (error: unknown) => {
      if (await isDirectory(directory)) return [];
      throw error;
    },
  );
}

/** Makes an empty file. Fails with the errno of the file system. */
export async function writeEmpty(file: string): Promise<void> {
  await writeFile(file, '', { flag: 'wx' });
}

/** A name beside `file` that nothing else uses; renaming it to `file` is atomic. It tells whose it is, as for a scratch directory. */
export function temporaryName(file: string): string {
  return path.join(
    path.dirname(file),
    `.${path.basename(file)}.${processSpace()}-${process.pid}.${randomBytes(4).toString('hex')}.tmp`,
  );
}

/** Writes a file so that a reader sees the old bytes or the new ones, never a part. `mode` as for chmod(2). */
export async function writeFileAtomic(file: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  await ensureDirectory(path.dirname(file));
  const temporary = temporaryName(file);
  await withHostErrors(`write ${file}`, async () => {
    try {
      await writeFile(temporary, data, { mode });
      await rename(temporary, file);
    } catch (error) {
      await removePath(temporary);
      throw error;
    }
  });
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** Appends at once, so that nothing is lost when this process is killed in the next moment. */
export function appendNow(file: string, text: string): void {
  appendFileSync(file, text);
}

/** Renames a file or directory within one file system. */
export async function movePath(from: string, to: string): Promise<void> {
  await withHostErrors(`move ${from} to ${to}`, () => rename(from, to));
}

/** Points a symbolic link at something else in one step. */
export async function replaceLink(link: string, to: string): Promise<void> {
  const temporary = temporaryName(link);
  await withHostErrors(`link ${link} to ${to}`, async () => {
    await symlink(to, temporary);
    await rename(temporary, link);
  });
}

/** Copies a file or directory when it is there. */
export async function copyIfThere(from: string, to: string): Promise<boolean> {
  if (!(await exists(from))) return false;
  await ensureDirectory(path.dirname(to));
  await withHostErrors(`write ${to}`, () => cp(from, to, { recursive: true, force: true }));
  return true;
}
