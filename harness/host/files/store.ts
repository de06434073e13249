import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { SharedStore } from '../../model/index.ts';
import { withHostErrors } from './errors.ts';
import { readEntry, resultFile, writeEntry } from './store-entry.ts';
import { markUsed } from './usage.ts';
import { ensureDirectory, temporaryName } from './write.ts';

export interface StoreEntry<T> {
  readonly result: T;
  /** Directory of the entry: `result.json` and what the stage left beside it. */
  readonly directory: string;
  readonly reused: boolean;
  /** Who signed it, where it was taken from a store that machines share. */
  readonly taken?: string;
}

export interface StoreRequest<T> {
  /** Root of the store. */
  readonly store: string;
  readonly kind: string;
  /** A store that machines share: asked before anything is made, and given what is. None for what costs less than asking. */
  readonly shared?: SharedStore | undefined;
  /** Hash over everything that the result depends on. */
  readonly key: string;
  /** Told about an entry that is damaged, or that another version has written; it is made again. */
  readonly say: (text: string) => void;
  /** Make it even when it is there. */
  readonly fresh: boolean;
  /** Whether a result may be kept; one that is not is returned from a place of its own and forgotten. */
  readonly keep: (result: T) => boolean;
  /** Computes the result, leaving its files in the directory that it is given. */
  readonly make: (directory: string) => Promise<T>;
}

/**
 * Takes a result from the content-addressed store or makes it and puts it there. What is taken is what was stored: every
 * file is checked against the hash that its entry has of it.
 *
 * An entry appears by one rename: an interrupted maker leaves nothing that looks complete, and of two makers of the same
 * entry one wins, with equal content.
 */
export async function fromStore<T>(request: StoreRequest<T>): Promise<StoreEntry<T>> {
  const directory = path.join(request.store, request.kind, request.key);
  if (!request.fresh) {
    await markUsed(directory);
    const found = await readEntry(directory);
    if ('result' in found) return { result: found.result as T, directory, reused: true };
    if (found.problem !== undefined) {
      request.say(`the stored ${request.kind} ${request.key.slice(0, 12)} is made again: ${found.problem}`);
    }
  }
  await ensureDirectory(path.dirname(directory));
  const temporary = temporaryName(directory);
  await withHostErrors(`create ${temporary}`, () => mkdir(temporary));
  try {
    const taken = request.fresh ? undefined : await takeShared(request, temporary);
    if (taken) {
      await replaceDirectory(temporary, directory);
      return { result: taken.result as T, directory, reused: true, taken: taken.by };
    }
    const result = await request.make(temporary);
    if (!request.keep(result)) {
      const aside = `${directory}.last`;
      await replaceDirectory(temporary, aside);
      return { result, directory: aside, reused: false };
    }
    await writeEntry(temporary, result);
    await replaceDirectory(temporary, directory);
    await request.shared?.give(request, directory);
    return { result, directory, reused: false };
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** An entry of the store that machines share, brought into an empty directory; undefined where there is none. */
async function takeShared<T>(
  { shared, kind, key, say }: StoreRequest<T>,
  directory: string,
): Promise<{ readonly result: unknown; readonly by: string } | undefined> {
  const by = await shared?.take({ kind, key }, directory);
  if (by === undefined) return undefined;
  const found = await readEntry(directory);
  if ('result' in found) return { result: found.result, by };
  say(
    `the ${kind} ${key.slice(0, 12)} of the store ${shared?.place ?? ''} is made here: it is damaged, or of another version`,
  );
  await rm(directory, { recursive: true, force: true });
  await withHostErrors(`create ${directory}`, () => mkdir(directory));
  return undefined;
}

function isCode(error: unknown, ...codes: readonly string[]): boolean {
  return codes.includes((error as NodeJS.ErrnoException).code ?? '');
}

/** Puts an entry into its place. Of two that are made of the same at once, the one that is there first stays. */
async function replaceDirectory(from: string, to: string): Promise<void> {
  const old = temporaryName(to);
  await rename(to, old).catch((error: unknown) => {
    if (!isCode(error, 'ENOENT')) throw error;
  });
  await rename(from, to).catch(async (error: unknown) => {
    if (!isCode(error, 'ENOTEMPTY', 'EEXIST')) throw error;
    await rm(from, { recursive: true, force: true });
  });
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
    const found = await readEntry(directory);
    if ('result' in found && fits(found.result)) newest = { directory, time };
  }
  return newest?.directory;
}
