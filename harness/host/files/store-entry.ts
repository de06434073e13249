import path from 'node:path';
import { HostError } from '../../model/index.ts';
import { hashFile, hashValues } from './hash.ts';
import { listFiles } from './list.ts';
import { readJson, readText } from './read.ts';
import { writeJson } from './write.ts';

/** The file in an entry that makes it whole: an entry without it does not count. */
export const resultFile = 'result.json';

/** A change of this number makes everything stored be made again. */
const format = 1;

interface Entry {
  readonly store: typeof format;
  /** sha256 of each file beside it, by its path. */
  readonly files: Readonly<Record<string, string>>;
  /** Over the files and the result. */
  readonly sum: string;
  readonly result: unknown;
}

/** An entry that can be taken, or why not; no reason where there is none. */
export type Found = { readonly result: unknown } | { readonly problem: string | undefined };

function isEntry(value: unknown): value is Entry {
  if (typeof value !== 'object' || value === null) return false;
  const { store, files, sum, result } = value as Readonly<Record<keyof Entry, unknown>>;
  return (
    store === format && typeof files === 'object' && files !== null && typeof sum === 'string' && result !== undefined
  );
}

/** Reads the entry in a directory and checks everything that is in it. */
export async function readEntry(directory: string): Promise<Found> {
  const file = path.join(directory, resultFile);
  if ((await readText(file)) === undefined) return { problem: undefined };
  const entry = await readJson(file);
  if (!isEntry(entry)) return { problem: `${file} is damaged, or of another version` };
  if (hashValues(entry.files, entry.result) !== entry.sum) return { problem: `${file} is damaged` };
  const damaged = await Promise.all(
    Object.entries(entry.files).map(async ([name, sum]) => ((await isWhole(directory, name, sum)) ? [] : [name])),
  );
  const [name] = damaged.flat();
  return name === undefined ? { result: entry.result } : { problem: `${path.join(directory, name)} is damaged` };
}

async function isWhole(directory: string, name: string, sum: string): Promise<boolean> {
  try {
    return (await hashFile(path.join(directory, name))) === sum;
  } catch (error) {
    // It is gone, or the disk does not give it back.
    if (error instanceof HostError) return false;
    throw error;
  }
}

/** Completes the entry in a directory, whose other files stay as they are from now on. */
export async function writeEntry(directory: string, result: unknown): Promise<void> {
  const names = (await listFiles(directory)).map((file) => path.relative(directory, file)).sort();
  const sums = await Promise.all(names.map((name) => hashFile(path.join(directory, name))));
  const files = Object.fromEntries(names.map((name, index) => [name, sums[index] ?? '']));
  const entry: Entry = { store: format, files, sum: hashValues(files, result), result };
  await writeJson(path.join(directory, resultFile), entry);
}
