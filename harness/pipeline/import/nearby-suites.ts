import path from 'node:path';
import { readPlain } from '../../host/files/hostile.ts';
import { ownedCollections, selftests } from '../../kselftest/index.ts';
import { mayHoldSuites, suitesIn } from '../../kunit/index.ts';
import { type BootTarget, HostError } from '../../model/index.ts';
import { staticCompiler } from '../kernel/kselftest/room.ts';

/** Runs git in a work tree; undefined where it fails. */
export type Git = (...words: readonly string[]) => Promise<string | undefined>;

const mostBytes = 2 ** 20;
/** MAINTAINERS of a kernel has less than a megabyte; the next ones too. */
const mostMaintainers = 2 ** 23;

export interface NearbySuites {
  readonly kunit: readonly string[];
  readonly kselftest: readonly string[];
  /** Why collections are left out that there are, as a clause. */
  readonly without?: string;
}

/**
 * The tests of the tree that belong to what a branch touches: KUnit suites of the same directories, and collections of
 * kselftest that have the same maintainers.
 *
 * @param targets that the project is for: collections need a static C library of each
 */
export async function nearbySuites(
  git: Git,
  {
    root,
    commit,
    targets,
  }: { readonly root: string; readonly commit: string; readonly targets: readonly BootTarget[] },
  signal: AbortSignal,
): Promise<NearbySuites> {
  const touched = ((await git('diff', '--name-only', '-z', '--no-renames', commit, 'HEAD')) ?? '').split('\0');
  const files = touched.filter((file) => file !== '');
  const kunit = await kunitSuites(git, root, files);
  const kselftest = (await collectionsOf(git, root, files)).map((collection) => `kselftest:${collection}`);
  const lacking = kselftest.length === 0 ? undefined : await lackingCompiler(targets, signal);
  if (lacking === undefined) return { kunit, kselftest };
  return { kunit, kselftest: [], without: `not ${kselftest.join(' ')}: ${lacking}` };
}

async function kunitSuites(git: Git, root: string, files: readonly string[]): Promise<string[]> {
  // Everything lies in or below the largest directories: only what was touched itself counts there.
  const directories = [...new Set(files.map((file) => path.posix.dirname(file)))].filter((one) => one.includes('/'));
  const listed =
    directories.length === 0
      ? ''
      : await git('ls-tree', '--name-only', '-z', 'HEAD', '--', ...directories.map((one) => `${one}/`));
  const near = new Set([...files, ...(listed ?? '').split('\0')].filter((file) => mayHoldSuites(file)));
  const words: string[] = [];
  for (const file of [...near].sort()) {
    const text = await readPlain(path.join(root, file), mostBytes).catch(() => undefined);
    for (const { name } of text ? suitesIn(file, text.toString('utf8')) : []) words.push(`kunit:${name}`);
  }
  return [...new Set(words)];
}

async function collectionsOf(git: Git, root: string, files: readonly string[]): Promise<string[]> {
  const listed = (await git('ls-tree', '-r', '--name-only', '-z', 'HEAD', '--', `${selftests}/`)) ?? '';
  const makefiles = listed.split('\0').filter((file) => file.endsWith('/Makefile') && file !== `${selftests}/Makefile`);
  const collections = makefiles.map((file) => path.posix.relative(selftests, path.posix.dirname(file)));
  if (collections.length === 0) return [];
  const text = await readPlain(path.join(root, 'MAINTAINERS'), mostMaintainers).catch(() => undefined);
  return ownedCollections(text?.toString('utf8') ?? '', files, collections);
}

/** What a target lacks to build programs of kselftest, and how to get it. */
async function lackingCompiler(targets: readonly BootTarget[], signal: AbortSignal): Promise<string | undefined> {
  for (const target of targets) {
    try {
      await staticCompiler(target, { signal });
    } catch (error) {
      if (!(error instanceof HostError)) throw error;
      return `${error.message}${error.hint === undefined ? '' : `; ${error.hint}`}`;
    }
  }
  return undefined;
}
