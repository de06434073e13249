import path from 'node:path';
import { hashValues } from '../../../host/files/hash.ts';
import { copyHostile, listHostile, readHostile, readHostileText, tryHostile } from '../../../host/files/hostile.ts';
import { fromStore } from '../../../host/files/store.ts';
import { writeFileAtomic } from '../../../host/files/write.ts';
import {
  buildProblem,
  buildScript,
  type CollectionEntry,
  logsByProgram,
  readRecord,
  recordName,
  selftests,
} from '../../../kselftest/index.ts';
import { type Context, type KselftestTest, warning } from '../../../model/index.ts';
import { hostileProblem } from '../make.ts';
import { originKey, withBuildPlace } from '../place.ts';
import type { Listing } from './list.ts';
import {
  collectionMake,
  installHeaders,
  type KselftestPoint,
  kselftestPlace,
  outputOf,
  runInPlace,
  staticCompiler,
} from './room.ts';

/** A change of this number makes everything that is stored stale. */
const format = 2;
const listName = 'kselftest-programs';
/** Most bytes of a file, and most files of a directory that a collection lists. */
const largest = 2 ** 26;
const most = 2000;

/** A file as guests get it. */
interface CollectionFile {
  /** Relative to the directory of all collections. */
  readonly place: string;
  /** Absolute. */
  readonly file: string;
  readonly runs: boolean;
}

type Problem = NonNullable<KselftestTest['problem']>;

/** What was built and gathered of a collection. */
export interface CollectionFiles {
  readonly files: readonly CollectionFile[];
  /** Why files are not there, by their names in the listing. */
  readonly problems: Readonly<Record<string, Problem>>;
  /** Files of the tree that they were made of; relative to it. */
  readonly used: readonly string[];
}

interface Stored {
  readonly files: readonly { readonly place: string; readonly name: string; readonly runs: boolean }[];
  readonly problems: CollectionFiles['problems'];
  readonly used: CollectionFiles['used'];
}

/**
 * Builds the programs of a collection that tests need, and gathers the files that they come with.
 *
 * @param tests those that are run; helpers come along
 * @throws HostError where there is no compiler or C library, or the machine is to blame; InterruptedError
 */
export async function collectionFiles(
  point: KselftestPoint,
  {
    collection,
    listing,
    tests,
  }: { readonly collection: string; readonly listing: Listing; readonly tests: readonly CollectionEntry[] },
  context: Context,
): Promise<CollectionFiles> {
  const { source, target } = point;
  const wanted = new Set(tests.map(({ name }) => name));
  const files = listing.files.filter(({ name, runs }) => wanted.has(name) || runs !== 'always');
  const compiler = files.some(({ built }) => built) ? await staticCompiler(target, context) : null;
  const { result, directory } = await fromStore<Stored>({
    store: context.cache.store,
    kind: 'kselftest',
    key: hashValues(
      ...['programs', format, source.id, target.name, collection, originKey(source.origin), compiler],
      files.map(({ name }) => name).sort(),
    ),
    fresh: context.fresh,
    say: warning(context),
    keep: () => true,
    make: (store) => gather(point, { collection, files }, store, context),
  });
  return {
    files: result.files.map(({ name, ...rest }) => ({ ...rest, file: path.join(directory, name) })),
    problems: result.problems,
    used: result.used,
  };
}

async function gather(
  point: KselftestPoint,
  { collection, files }: { readonly collection: string; readonly files: readonly CollectionEntry[] },
  store: string,
  context: Context,
): Promise<Stored> {
  const place = kselftestPlace(point, context);
  return await withBuildPlace(context, place, point.source, async () => {
    const built = files.filter((file) => file.built);
    const made = await buildAll(point, collection, built, context);
    const problems: Record<string, Problem> = { ...made.problems };
    const kept: Stored['files'][number][] = [];
    // Whatever is built was told by the makefile, with the options and the settings beside it.
    const own = ['Makefile', 'config', 'settings'].map((name) => `${selftests}/${collection}/${name}`);
    const used = new Set([...own, ...made.compiled]);
    const keep = (name: string, runs: boolean): string => {
      kept.push({ place: name, name: String(kept.length + 1), runs });
      return path.join(store, String(kept.length));
    };
    for (const { name } of built.filter((one) => problems[one.name] === undefined)) {
      const file = `selftests/${collection}/${name}`;
      const to = keep(path.posix.join(collection, path.basename(name)), true);
      const wrong = await hostileProblem(() => copyHostile({ root: place.directory, file, limit: largest }, to));
      if (wrong === undefined) continue;
      kept.pop();
      problems[name] = { blame: 'kernel', summary: `${name} was not built: ${wrong}`, excerpt: [] };
    }
    const root = await point.source.checkout();
    for (const { name, runs } of files.filter((file) => !file.built)) {
      const found = await treeFiles(root, collection, name);
      if (found.length === 0) problems[name] = absent(collection, name);
      for (const { from } of found) used.add(from);
      for (const { at, data } of found) await writeFileAtomic(keep(at, runs !== 'never' || isScript(data)), data);
    }
    // What scripts of several collections share.
    for (const { at, data } of await treeFiles(root, 'kselftest', '.')) {
      if (at.endsWith('.sh')) await writeFileAtomic(keep(at, true), data);
    }
    return { files: kept, problems, used: [...used].sort() };
  });
}

function isScript(data: Buffer): boolean {
  return data[0] === 35 && data[1] === 33;
}

function absent(collection: string, name: string): Problem {
  const summary = `${name} is listed by ${selftests}/${collection}/Makefile, but it is not in the tree`;
  return { blame: 'kernel', summary, excerpt: [] };
}

interface Made {
  readonly problems: Readonly<Record<string, Problem>>;
  /** What the compiler read of the tree; relative to it. */
  readonly compiled: readonly string[];
}

/** Builds programs after the headers that they see; tells why some are missing. */
async function buildAll(
  point: KselftestPoint,
  collection: string,
  built: readonly CollectionEntry[],
  context: Context,
): Promise<Made> {
  if (built.length === 0) return { problems: {}, compiled: [] };
  const failed = await installHeaders(point, context);
  if (failed) {
    const excerpt = failed.log.trimEnd().split('\n').slice(-20);
    const summary = 'the headers of the kernel cannot be installed';
    const problems = Object.fromEntries(
      built.map(({ name }) => [name, { blame: 'kernel', summary, excerpt } as const]),
    );
    return { problems, compiled: [] };
  }
  const { log, make } = await runInPlace(
    point,
    {
      goal: `kselftest-${collection}`,
      files: { [listName]: built.map(({ name }) => `${name}\n`).join('') },
      command: (places) => [
        ...(['/bin/sh', '-c', buildScript, 'sh', `${places.own}/${listName}`] as const),
        outputOf(places, collection),
        ...collectionMake(point, collection, places),
      ],
    },
    context,
  );
  const logs = logsByProgram(log);
  const said = (name: string): string | undefined => (make.succeeded ? logs.get(name) : log);
  const problems = Object.fromEntries(
    built.flatMap(({ name }) => {
      const text = said(name);
      return text === undefined ? [] : [[name, buildProblem(path.basename(name), text)] as const];
    }),
  );
  const root = kselftestPlace(point, context).directory;
  const file = `selftests/${collection}/${recordName}`;
  const record = await tryHostile(() => readHostileText({ root, file, limit: largest }));
  const { worktree } = make.room.places;
  return { problems, compiled: readRecord(record ?? '', { directory: `${selftests}/${collection}`, worktree }) };
}

interface TreeFile {
  /** Relative to the tree. */
  readonly from: string;
  /** Relative to the directory of all collections. */
  readonly at: string;
  readonly data: Buffer;
}

/** A file of the tree, or all of a directory, at the places where kselftest installs them; none where it isn't there. */
async function treeFiles(root: string, collection: string, name: string): Promise<TreeFile[]> {
  const from = path.posix.normalize(`${selftests}/${collection}/${name}`);
  const place = path.posix.normalize(path.posix.join(collection, path.basename(name)));
  const data = await tryHostile(() => readHostile({ root, file: from, limit: largest, links: true }));
  if (data) return [{ from, at: place, data }];
  const found: TreeFile[] = [];
  const visit = async (directory: string, at: string): Promise<void> => {
    for (const entry of (await tryHostile(() => listHostile(root, directory))) ?? []) {
      const file = `${directory}/${entry.name}`;
      if (entry.isDirectory() && name !== '.') await visit(file, `${at}/${entry.name}`);
      else if (found.length < most) {
        const inner = await tryHostile(() => readHostile({ root, file, limit: largest, links: true }));
        if (inner) found.push({ from: file, at: `${at}/${entry.name}`, data: inner });
      }
    }
  };
  await visit(from, place);
  return found;
}
