import { constants, copyFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from '../files/errors.ts';
import { HostileFile } from '../files/hostile-errors.ts';
import { exists } from '../files/kind.ts';
import { ensureDirectory } from '../files/write.ts';
import { mustRun, runCommand } from '../process.ts';
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
}

export function buildPlace(root: string): BuildPlace {
  const at = (name: string): string => path.join(root, name);
  return { root, directory: at('out'), own: at('own'), cache: at('ccache') };
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
  await runCommand({ argv: ['chmod', '-R', 'u+rwX', '--', directory] });
  await mustRun({ argv: ['rm', '-rf', '--one-file-system', '--', directory] }, `removing ${directory}`);
}

/**
 * Takes the bits off files that would let whoever runs them be us. Nobody may write in the directory meanwhile.
 */
export async function takeSpecialBits(directory: string): Promise<void> {
  const special = ['-xdev', '-type', 'f', '-perm', '/6000', '-exec', 'chmod', 'ug-s', '--', '{}', '+'] as const;
  await runCommand({ argv: ['find', '-P', directory, ...special] });
}

/**
 * Prepares a directory for a make, and notes that one is running in it. If the last make there did not end by itself,
 * what it may have left half written is removed first, so that the next one resumes from what is whole.
 */
export async function beginMake(place: BuildPlace): Promise<void> {
  await ensureDirectory(place.own);
  await ensureDirectory(place.directory);
  const marker = ownFile(place, 'running');
  if (await exists(marker)) await repair(place, (await stat(marker)).mtimeMs);
  await withHostErrors(`write ${marker}`, () => writeFile(marker, ''));
}

/** Notes that make ended by itself, whatever its status. */
export async function endMake(place: BuildPlace): Promise<void> {
  await rm(ownFile(place, 'running'), { force: true });
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
