import { constants, copyFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from '../files/errors.ts';
import { HostileFile } from '../files/hostile-errors.ts';
import { exists } from '../files/kind.ts';
import { ensureDirectory } from '../files/write.ts';
import { mustRun, runProcess } from '../process.ts';
import { removeHalfMade } from './half-made.ts';

/**
 * The places of one build. What a build writes and what we write never share a directory: `directory` and `cache` hold
 * whatever the code of a patch has put there, `own` is only read by it.
 */
export interface BuildPlace {
  readonly root: string;
  /** The build directory (`O=`). */
  readonly directory: string;
  /** Log, memory of warnings, requested configuration, compiler wrapper. */
  readonly own: string;
  /** A layer of the compiler cache that belongs to this build alone. */
  readonly cache: string;
  /** Temporary files of a make, where they don't lie in memory; nothing of them outlives it. */
  readonly temporary: string;
}

export function buildPlace(root: string): BuildPlace {
  const at = (name: string): string => path.join(root, name);
  return { root, directory: at('out'), own: at('own'), cache: at('ccache'), temporary: at('tmp') };
}

/** The path of one of our own files of a build. */
export function ownFile({ own }: Pick<BuildPlace, 'own'>, name: string): string {
  return path.join(own, name);
}

/**
 * Removes a directory that a build could write: neither too deep nor closed directories may keep it. The programs of the
 * system do so without following links.
 */
export async function removeBuilt(directory: string): Promise<void> {
  if (!(await exists(directory))) return;
  await runProcess({ argv: ['chmod', '-R', 'u+rwX', '--', directory] });
  await mustRun({ argv: ['rm', '-rf', '--one-file-system', '--', directory] }, `removing ${directory}`);
}

/**
 * Takes the bits off files that would let whoever runs them be us. Nobody may write in the directory meanwhile.
 */
export async function takeSpecialBits(directory: string): Promise<void> {
  const special = ['-xdev', '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'ug-s', '--', '{}', '+'] as const;
  await runProcess({ argv: ['find', '-P', directory, ...special] });
}

/**
 * Prepares a directory for a make, and notes that one is running in it. If the last make there did not end by itself,
 * what it may have left half written is removed first, so that the next one resumes from what is whole.
 *
 * Where a make was running at a time that has yet to come, the clock was set back since: everything would be newer than the
 * sources that change from now on, and make would compile none of them. The directory is then emptied.
 *
 * @returns whether that was so
 */
export async function beginMake(place: BuildPlace): Promise<boolean> {
  await ensureDirectory(place.own);
  const marker = ownFile(place, 'running');
  const ofFuture = (await Promise.all([marker, ownFile(place, lastMake)].map(isOfFuture))).includes(true);
  if (ofFuture) await removeBuilt(place.directory);
  await ensureDirectory(place.directory);
  await removeBuilt(place.temporary);
  if (await exists(marker)) await repair(place, (await stat(marker)).mtimeMs);
  await withHostErrors(`write ${marker}`, () => writeFile(marker, ''));
  return ofFuture;
}

/** Notes that make ended by itself, whatever its status. */
export async function endMake(place: BuildPlace): Promise<void> {
  await removeBuilt(place.temporary);
  const file = ownFile(place, lastMake);
  await withHostErrors(`write ${file}`, () => writeFile(file, ''));
  await rm(ownFile(place, 'running'), { force: true });
}

/** An empty file of ours that is as old as the end of the last make. */
const lastMake = 'last-make';

async function isOfFuture(file: string): Promise<boolean> {
  const found = await stat(file).catch(() => undefined);
  // The file system's clock runs a tick behind ours.
  return found !== undefined && found.mtimeMs > Date.now() + 20;
}

async function repair({ directory }: BuildPlace, since: number): Promise<void> {
  try {
    await removeHalfMade(directory, since);
  } catch (error) {
    if (!(error instanceof HostileFile)) throw error;
    await removeBuilt(directory);
    await ensureDirectory(directory);
  }
}

/** Copies one of our own files, sharing its blocks where the file system can. */
export async function copyShared(from: string, to: string): Promise<void> {
  await withHostErrors(`copy ${from} to ${to}`, () => copyFile(from, to, constants.COPYFILE_FICLONE));
}
