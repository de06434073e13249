import path from 'node:path';
import { hashFile, hashValues } from '../../host/files/hash.ts';
import { copyHostile } from '../../host/files/hostile.ts';
import { ensureDirectory } from '../../host/files/write.ts';
import { findCommand } from '../../host/make/toolchain.ts';
import { parseConfig } from '../../kconfig/index.ts';
import { compilerTool, gcovCommand, gcovFile, isUsed, refusesCounters } from '../../make/index.ts';
import {
  type CountedBuild,
  HostError,
  isBefore,
  type Target,
  type Toolchain,
  type Uncounted,
  UserError,
} from '../../model/index.ts';
import { treeReader } from './explain-options.ts';
import { hostileProblem } from './make.ts';
import type { BuildRoom } from './room.ts';
import { readUsedFiles, usedFilesName } from './used.ts';

/** The version of Linux that gcov came with. */
const since = '2.6.31';
/** Bytes of the notes of one object: the largest of a kernel have some hundred thousand. */
const largest = 2 ** 24;

/** Name of the directory with the notes in the store entry of a build. */
export const notesName = 'notes';

/** Sources whose objects count what is executed of them, relative to the tree, and those that cannot. */
export interface CountedSources {
  readonly allowed: readonly string[];
  readonly uncounted: readonly Uncounted[];
}

/** What a stored build knows of its counters; the directory is the entry's. */
export type StoredCounted = Omit<CountedBuild, 'directory'>;

/**
 * The program that reads the counters of kernels for a target.
 *
 * @throws UserError for a compiler that it does not know, HostError where it is not installed
 */
export async function gcovFor(target: Target, toolchain: Toolchain): Promise<string> {
  const command = gcovCommand(target, toolchain);
  if (command === undefined) {
    throw new UserError(
      `--coverage needs a kernel that gcc compiles, and ${toolchain.name} compiles with ${toolchain.cc}`,
      {
        code: 'QB-SELECTION',
        hint: 'choose another one with --toolchain',
      },
    );
  }
  if ((await findCommand(command)) !== undefined) return command;
  throw new HostError(`--coverage for ${target.name} needs ${command}, which is not installed`, {
    code: 'QB-TOOL',
    hint: `it comes with the compiler: apt-get install ${compilerTool(target, toolchain).package}`,
  });
}

/** Why a kernel of this configuration cannot count; undefined where it can. */
export function whyNoCounters(config: string, kernelVersion: string, unmet: readonly string[]): string | undefined {
  if (parseConfig(config).get('GCOV_KERNEL') === 'y') return undefined;
  if (isBefore(kernelVersion, since)) return `Linux ${kernelVersion} has no gcov, which came with ${since}`;
  return unmet[0] ?? 'CONFIG_GCOV_KERNEL is not set';
}

/** Sources whose objects may count, and those whose makefiles forbid it. */
export async function allowedSources(sources: readonly string[], worktree: string): Promise<CountedSources> {
  const read = treeReader(worktree);
  const allowed: string[] = [];
  const uncounted: Uncounted[] = [];
  for (const source of sources) {
    const texts = await Promise.all(
      ['Makefile', 'Kbuild'].map((name) => read(path.posix.join(path.posix.dirname(source), name))),
    );
    if (texts.some((text) => text !== undefined && refusesCounters(text, source)))
      uncounted.push({ path: source, reason: 'its makefile forbids counters (GCOV_PROFILE)' });
    else allowed.push(source);
  }
  return { allowed, uncounted };
}

/**
 * Keeps the notes that the compiler left beside objects that count: without them nobody can read the counters.
 *
 * @param directory the build directory on this machine; what lies there of another point does not count
 * @param store the build's entry, with the list of the files that it was made with
 */
export async function keepNotes(
  { places }: Pick<BuildRoom, 'places'>,
  directory: string,
  { allowed, uncounted: forbidden }: CountedSources,
  store: string,
): Promise<StoredCounted> {
  const counted: string[] = [];
  const uncounted = [...forbidden];
  const hashes: string[] = [];
  const to = await ensureDirectory(path.join(store, notesName));
  const used = (await readUsedFiles(path.join(store, usedFilesName))) ?? new Set();
  for (const source of allowed) {
    if (!isUsed(source, used)) {
      uncounted.push({ path: source, reason: 'this kernel is not made with it' });
      continue;
    }
    const note = path.join(to, `${counted.length}.gcno`);
    const request = { root: directory, file: gcovFile(source, 'gcno'), limit: largest };
    const problem = await hostileProblem(() => copyHostile(request, note));
    if (problem === undefined) {
      counted.push(source);
      hashes.push(await hashFile(note));
    } else
      uncounted.push({
        path: source,
        reason: 'it is no object of its own that counts: the compiler left no notes for it',
      });
  }
  const { worktree: tree, directory: root } = places;
  return { hash: hashValues(tree, root, counted, hashes), tree, root, sources: counted, uncounted };
}
