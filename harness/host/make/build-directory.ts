import { constants, copyFile, lstat, open, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from '../files/errors.ts';
import { exists } from '../files/kind.ts';
import { ensureDirectory } from '../files/write.ts';

/** Our own files in a build directory live here; kbuild leaves it alone. */
const own = '.quiltboot';

/**
 * Where kconfig marks changed options by touching empty files, one for each. A mark is whole as soon as it is there; were
 * it taken away, what depends on the option would not be compiled again.
 */
const marks = path.join('include', 'config');

/** The path of one of our own files in a build directory. */
export function ownFile(directory: string, name: string): string {
  return path.join(directory, own, name);
}

/**
 * Prepares a directory for a make, and notes that one is running in it. If the last make there did not end by itself,
 * what it may have left half written is removed first, so that the next one goes on from what is whole.
 */
export async function beginMake(directory: string): Promise<void> {
  await ensureDirectory(path.join(directory, own));
  const marker = ownFile(directory, 'running');
  if (await exists(marker)) await removeHalfMade(directory, (await stat(marker)).mtimeMs);
  await withHostErrors(`write ${marker}`, () => writeFile(marker, ''));
}

/** Notes that make ended by itself, whatever its status. */
export async function endMake(directory: string): Promise<void> {
  await rm(ownFile(directory, 'running'), { force: true });
}

/**
 * A compiler that is killed leaves a part of an object that is newer than its source, and make takes that for whole.
 * kbuild writes `.name.cmd` after `name`, so a name that is newer than its record was not finished; what has no record
 * is suspect when it was written since that make began and is empty or a binary. `below` is relative to the directory.
 */
async function removeHalfMade(directory: string, since: number, below = ''): Promise<void> {
  const entries = await readdir(path.join(directory, below), { withFileTypes: true });
  const names = new Set(entries.map((entry) => entry.name));
  for (const entry of entries) {
    const relative = path.join(below, entry.name);
    const file = path.join(directory, relative);
    if (entry.isDirectory()) {
      if (entry.name !== own && relative !== marks) await removeHalfMade(directory, since, relative);
    } else if (entry.isFile() && !entry.name.startsWith('.')) {
      const { mtimeMs } = await stat(file);
      if (mtimeMs < since) continue;
      const record = `.${entry.name}.cmd`;
      const unfinished = names.has(record)
        ? (await stat(path.join(directory, below, record))).mtimeMs < mtimeMs
        : await isEmptyOrBinary(file);
      if (unfinished) await rm(file);
    }
  }
}

async function isEmptyOrBinary(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    return bytesRead === 0 || ['\x7fELF', '!<ar', '!<th'].includes(buffer.toString('latin1', 0, bytesRead));
  } finally {
    await handle.close();
  }
}

/** Writes a file only when its content differs: its time of change decides what make rebuilds. */
export async function updateFile(file: string, content: string): Promise<void> {
  const before = await readFile(file, 'utf8').catch(() => undefined);
  if (before !== content) await withHostErrors(`write ${file}`, () => writeFile(file, content));
}

/** The `.cmd` file beside an object that lists it among the parts of something else, relative to the directory. */
export async function findListing(directory: string, object: string): Promise<string | undefined> {
  const folder = path.dirname(object);
  const names = await readdir(path.join(directory, folder)).catch(() => []);
  const candidates = names.filter((name) => /^\..*\.cmd$/.test(name) && name !== `.${path.basename(object)}.cmd`);
  // The list of what is built in is the one that a change of the configuration or of a makefile changes.
  candidates.sort((a, b) => Number(b.startsWith('.built-in.')) - Number(a.startsWith('.built-in.')));
  for (const name of candidates) {
    const listing = path.join(folder, name);
    if (await isListed(directory, listing, object)) return listing;
  }
  return undefined;
}

/** Whether a `.cmd` file still lists the object. */
export async function isListed(directory: string, listing: string, object: string): Promise<boolean> {
  const text = await readFile(path.join(directory, listing), 'utf8').catch(() => '');
  return text.split(/\s+/).some((word) => word === object || word === path.basename(object));
}

/**
 * Whether a build directory may hold a file. Old trees link to the source from there, to where only the sandbox has it:
 * what lies behind a link is taken to be there.
 */
export async function mayHold(directory: string, file: string): Promise<boolean> {
  let at = directory;
  for (const part of file.split('/')) {
    at = path.join(at, part);
    const found = await lstat(at).catch(() => undefined);
    if (!found?.isDirectory()) return found !== undefined;
  }
  return true;
}

/** Copies a file, sharing its blocks where the file system can. */
export async function copyShared(from: string, to: string): Promise<void> {
  await withHostErrors(`copy ${from} to ${to}`, () => copyFile(from, to, constants.COPYFILE_FICLONE));
}
