import { mkdtemp, readdir } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withHostErrors } from './errors.ts';
import { isLeftOver, processSpace } from './owner.ts';
import { removePath } from './remove.ts';
import { ensureDirectory } from './write.ts';

export interface ScratchRequest {
  /** A word of small letters for the directory's name. */
  readonly purpose: string;
  /** The directory that it is made in: the system's for temporary files when not given. */
  readonly parent?: string;
}

/** A directory of our own for short-lived files. */
export interface Scratch {
  /** Absolute. */
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Makes a directory of our own, and removes those of processes that were killed before they could. Its name tells whose
 * it is. The caller removes it; see {@link withScratch}.
 */
export async function makeScratch({ purpose, parent = os.tmpdir() }: ScratchRequest): Promise<Scratch> {
  await ensureDirectory(parent);
  await sweepOnce(parent);
  const prefix = path.join(parent, scratchPrefix(purpose));
  const directory = await withHostErrors(`create ${prefix}*`, () => mkdtemp(prefix));
  // One that can't be removed now is left to the next sweep.
  return { path: directory, remove: () => removePath(directory).catch(() => undefined) };
}

/** Runs an action with a new directory, and removes that whatever happens. */
export async function withScratch<T>(request: ScratchRequest, action: (directory: string) => Promise<T>): Promise<T> {
  const scratch = await makeScratch(request);
  try {
    return await action(scratch.path);
  } finally {
    await scratch.remove();
  }
}

const swept = new Map<string, Promise<void>>();

/** Once in a process for each directory; never complains. */
function sweepOnce(parent: string): Promise<void> {
  const sweeping = swept.get(parent) ?? sweep(parent).catch(() => undefined);
  swept.set(parent, sweeping);
  return sweeping;
}

/** Removes, in a directory, what {@link makeScratch} made for dead processes. */
export async function sweep(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const [, space, pid] = /^qb-[a-z]+-([0-9a-f]{6})-(\d+)-[A-Za-z0-9]{6}$/.exec(name) ?? [];
    if (space === undefined) continue;
    const directory = path.join(parent, name);
    const gone = await isLeftOver(directory, { space, pid: Number(pid) });
    if (gone) await removePath(directory).catch(() => undefined);
  }
}

/** The name of a scratch directory, up to the six characters that make it unique. */
export function scratchPrefix(purpose: string, pid = process.pid, space = processSpace()): string {
  return `qb-${purpose}-${space}-${pid}-`;
}
