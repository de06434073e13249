import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { HostError, InterruptedError } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { exists } from '../files/kind.ts';
import { ensureDirectory } from '../files/write.ts';
import { type GitPlace, mustGit } from './git.ts';

export interface CheckoutPlace extends Required<GitPlace> {
  /** A directory that holds all files of some point already, with its index: taken over instead of checking out. */
  readonly spare?: { readonly directory: string; readonly index: string };
}

/**
 * Brings a work tree to a git tree for the first time in this process, whatever state it was left in: files that differ
 * are written, files that do not belong there are removed, all others keep their times.
 *
 * The caller holds a lock on the work tree.
 */
export async function repairCheckout(place: CheckoutPlace, tree: string, signal: AbortSignal): Promise<void> {
  await ensureDirectory(path.dirname(place.worktree));
  if (place.spare !== undefined && !(await exists(place.worktree))) await adopt(place.spare, place);
  await ensureDirectory(place.worktree);
  try {
    await walk(place, tree, signal);
    await clean(place, signal);
  } catch (error) {
    if (error instanceof InterruptedError || !(error instanceof HostError) || error.message.includes('disk'))
      throw error;
    // A damaged index, or something in the way that git won't touch: nothing in here is worth keeping.
    await withHostErrors(`remove ${place.worktree}`, () => rm(place.worktree, { recursive: true, force: true }));
    await rm(place.index, { force: true });
    await ensureDirectory(place.worktree);
    await walk(place, tree, signal);
  }
}

/** Brings a work tree that this process has repaired before to another git tree; touches only files that differ. */
export async function walk(place: Required<GitPlace>, tree: string, signal: AbortSignal): Promise<void> {
  // Left by a git that was killed; the caller's lock keeps out any other that could own it.
  await rm(`${place.index}.lock`, { force: true });
  await mustGit(place, ['read-tree', '--reset', '-u', tree], `checking out into ${place.worktree}`, { signal });
}

async function clean(place: Required<GitPlace>, signal: AbortSignal): Promise<void> {
  await mustGit(place, ['clean', '-ffdxq'], `cleaning ${place.worktree}`, { signal });
}

/** The index goes first: an index without files only means that git writes them all. */
async function adopt(spare: { directory: string; index: string }, place: Required<GitPlace>): Promise<void> {
  try {
    await rename(spare.index, place.index);
  } catch {
    // Another series has taken it, or an interrupted adoption moved it already.
  }
  try {
    await rename(spare.directory, place.worktree);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      throw new HostError(`cannot move ${spare.directory}: ${(error as Error).message}`, {
        code: 'QB-GIT',
        cause: error,
      });
  }
}

/** Where a prepared tree keeps the directory that it was unpacked to, until a work tree takes it over. */
export function spareOf(repository: string): { readonly directory: string; readonly index: string } {
  return { directory: path.join(repository, 'spare'), index: path.join(repository, 'spare.index') };
}
