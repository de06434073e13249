import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from './errors.ts';
import { exists } from './kind.ts';
import { readJson } from './read.ts';
import { ensureDirectory, temporaryName, writeJson } from './write.ts';

/** The file in an entry that makes it whole: an entry without it does not count. */
const resultFile = 'result.json';

export interface StoreEntry<T> {
  readonly result: T;
  /** Directory of the entry: `result.json` and what the stage left beside it. */
  readonly directory: string;
  readonly reused: boolean;
}

export interface StoreRequest<T> {
  /** Root of the store. */
  readonly store: string;
  readonly kind: string;
  /** Hash over everything that the result depends on. */
  readonly key: string;
  /** Make it anew even when it is there. */
  readonly fresh: boolean;
  /** Whether a result may be kept; one that is not is returned from a place of its own and forgotten. */
  readonly keep: (result: T) => boolean;
  /** Computes the result, leaving its files in the directory that it is given. */
  readonly make: (directory: string) => Promise<T>;
}

/**
 * Takes a result from the content-addressed store or makes it and puts it there.
 *
 * An entry appears by one rename: an interrupted maker leaves nothing that looks complete, and of two makers of the same
 * entry the later one wins, with equal content.
 */
export async function fromStore<T>(request: StoreRequest<T>): Promise<StoreEntry<T>> {
  const directory = path.join(request.store, request.kind, request.key);
  if (!request.fresh) {
    const found = await readJson(path.join(directory, resultFile));
    if (found !== undefined) return { result: found as T, directory, reused: true };
  }
  await ensureDirectory(path.dirname(directory));
  const temporary = temporaryName(directory);
  await withHostErrors(`create ${temporary}`, () => mkdir(temporary));
  try {
    const result = await request.make(temporary);
    if (!request.keep(result)) {
      const aside = `${directory}.last`;
      await replaceDirectory(temporary, aside);
      return { result, directory: aside, reused: false };
    }
    await writeJson(path.join(temporary, resultFile), result);
    await replaceDirectory(temporary, directory);
    return { result, directory, reused: false };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

async function replaceDirectory(from: string, to: string): Promise<void> {
  const old = temporaryName(to);
  if (await exists(to)) await rename(to, old);
  await rename(from, to);
  await rm(old, { recursive: true, force: true });
}

/** The entry of a kind that was stored last, among those whose result passes a test. */
export async function newestInStore(
  store: string,
  kind: string,
  fits: (result: unknown) => boolean,
): Promise<string | undefined> {
  const parent = path.join(store, kind);
  const names = await readdir(parent).catch(() => []);
  let newest: { readonly directory: string; readonly time: number } | undefined;
  for (const name of names) {
    const directory = path.join(parent, name);
    const file = path.join(directory, resultFile);
    const time = (await stat(file).catch(() => undefined))?.mtimeMs;
    if (name.startsWith('.') || time === undefined || time < (newest?.time ?? 0)) continue;
    if (fits(await readJson(file))) newest = { directory, time };
  }
  return newest?.directory;
}
