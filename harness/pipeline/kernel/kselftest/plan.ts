import path from 'node:path';
import { interpreterOf } from '../../../guest/image/interpreter.ts';
import type { ArchiveEntry } from '../../../guest/image/newc.ts';
import { readHostileText, tryHostile } from '../../../host/files/hostile.ts';
import { mustReadBytes } from '../../../host/files/read.ts';
import { type CollectionEntry, selftests, testNames, testsOf, timeoutOf } from '../../../kselftest/index.ts';
import {
  type BootTarget,
  type Context,
  type GuestContents,
  type KselftestPlan,
  type KselftestTest,
  type Source,
  suiteKind,
  type Toolchain,
  warning,
} from '../../../model/index.ts';
import { kselftestWords, listCollections, unknownName, type WantedTests, wantedIn } from './collections.ts';
import { type Listing, listCollection } from './list.ts';
import { type CollectionFiles, collectionFiles } from './programs.ts';
import { type KselftestPoint, staticCompiler } from './room.ts';

/** Where guests have the collections. */
const directory = 'kselftest';

/** What a kernel runs for each word, and what its guests get for that. */
export interface KselftestSet {
  readonly plans: Readonly<Record<string, KselftestPlan>>;
  readonly entries: readonly ArchiveEntry[];
  /** Files of the tree that all of it was made of; relative to it. */
  readonly used: ReadonlySet<string>;
}

/**
 * Refuses words that mean nothing, before a kernel is built for them.
 *
 * @throws UserError for a collection that is not in the tree, and for a test that no target has, with the nearest name
 * @throws HostError where a target has no static C library
 */
export async function checkKselftestWords(
  words: readonly string[],
  {
    source,
    targets,
    toolchain,
  }: { readonly source: Source; readonly targets: readonly BootTarget[]; readonly toolchain: Toolchain },
  context: Context,
): Promise<void> {
  const kernel = `Linux ${source.kernelVersion}`;
  for (const { word, found } of await wantedIn(words, source, context)) {
    const what = suiteKind(word)?.what ?? '';
    if (!found)
      throw unknownName(
        `${kernel} has no kselftest collection`,
        what,
        await listCollections(source, context),
        'kselftest:',
      );
    const { collection, test } = found;
    const known = new Set<string>();
    let unreadable = false;
    for (const target of targets) {
      const { files, said } = await listCollection({ source, target, toolchain }, collection, context);
      unreadable ||= said !== undefined;
      for (const name of testNames(files)) known.add(name);
      if (testsOf(files, test).some(({ built }) => built)) await staticCompiler(target, context);
    }
    if (test === undefined || known.has(test) || unreadable) continue;
    const prefix = `kselftest:${collection}/`;
    throw unknownName(`the collection ${collection} of ${kernel} has no test`, test, [...known], prefix);
  }
}

/** What guests have that scripts may ask for. */
function isInGuest(interpreter: string, contents: GuestContents | undefined): boolean {
  const place = interpreter.replace(/^\//, '');
  if (place === 'bin/sh' || Object.keys(contents?.programs ?? {}).some((name) => place === `bin/${name}`)) return true;
  return (contents?.files ?? []).some(({ to }) => place === to || place.startsWith(`${to}/`));
}

/** Why a guest cannot start a file. */
function startProblem(
  name: string,
  data: Uint8Array,
  contents: GuestContents | undefined,
): KselftestTest['problem'] | undefined {
  const interpreter = interpreterOf(data);
  if (interpreter === undefined || isInGuest(interpreter, contents)) return undefined;
  const summary = `${name} asks for ${interpreter}, which guests do not have`;
  const hint = 'put it there with "files" of the project file, linked static';
  return { blame: 'user', summary, excerpt: [hint] };
}

/** The text of a file of a collection. */
async function textIn(source: Source, collection: string, name: string): Promise<string | undefined> {
  const root = await source.checkout();
  const file = `${selftests}/${collection}/${name}`;
  return await tryHostile(() => readHostileText({ root, file, limit: 2 ** 20, links: true }));
}

/**
 * Builds what words ask for at a point, and says how it is run.
 *
 * @param contents what else the guests have
 * @throws HostError, InterruptedError
 */
export async function kselftestSet(
  words: readonly string[],
  { contents, ...point }: KselftestPoint & { readonly contents: GuestContents | undefined },
  context: Context,
): Promise<KselftestSet> {
  if (kselftestWords(words).length === 0) return { plans: {}, entries: [], used: new Set() };
  const plans: Record<string, KselftestPlan> = {};
  const entries = new Map<string, ArchiveEntry>();
  const used = new Set<string>();
  const wanted = await wantedIn(words, point.source, context);
  const collections = new Set(wanted.flatMap(({ found }) => (found ? [found.collection] : [])));
  for (const { word, found } of wanted) if (!found) plans[word] = without(word, point);
  for (const collection of collections) {
    const own = wanted.filter(({ found }) => found?.collection === collection);
    Object.assign(plans, await planCollection(point, { collection, own, contents, entries, used }, context));
  }
  return { plans, entries: [...entries.values()], used };
}

function without(word: string, { source }: KselftestPoint): KselftestPlan {
  const what = suiteKind(word)?.what ?? '';
  return { tests: [], reason: `Linux ${source.kernelVersion} has no kselftest collection "${what}" at this point` };
}

async function planCollection(
  point: KselftestPoint,
  {
    collection,
    own,
    contents,
    entries,
    used,
  }: {
    readonly collection: string;
    readonly own: readonly WantedTests[];
    readonly contents: GuestContents | undefined;
    readonly entries: Map<string, ArchiveEntry>;
    readonly used: Set<string>;
  },
  context: Context,
): Promise<Record<string, KselftestPlan>> {
  const listing = await listCollection(point, collection, context);
  if (listing.said)
    return Object.fromEntries(own.map(({ word }) => [word, unreadable(collection, listing.said ?? [])]));
  for (const name of listing.refused)
    warning(context)(`kselftest ${collection}: the file name ${JSON.stringify(name)} is not taken`);
  const testsFor = ({ found }: WantedTests): readonly CollectionEntry[] => testsOf(listing.files, found?.test);
  const tests = [...new Set(own.flatMap(testsFor))];
  const gathered = await collectionFiles(point, { collection, listing, tests }, context);
  for (const file of gathered.used) used.add(file);
  sayHelpers(collection, listing, gathered, tests, context);
  const problems: Record<string, KselftestTest['problem']> = { ...gathered.problems };
  for (const { place, file, runs } of gathered.files) {
    const data = await mustReadBytes(file);
    entries.set(place, { type: 'file', path: `${directory}/${place}`, data, mode: runs ? 0o755 : 0o644 });
    const test = tests.find(({ name }) => placeOfTest(collection, name) === place);
    if (test) problems[test.name] ??= startProblem(path.basename(test.name), data, contents);
  }
  const timeoutMs = timeoutOf(await textIn(point.source, collection, 'settings'));
  return Object.fromEntries(
    own.map((one) => {
      const chosen = testsFor(one).map(({ name }): KselftestTest => {
        const problem = problems[name];
        const file = `/${directory}/${placeOfTest(collection, name)}`;
        return { name: path.basename(name), file, timeoutMs, ...(problem && { problem }) };
      });
      const reason = `${collection} has no ${one.found?.test === undefined ? 'tests' : `test "${one.found.test}"`} on ${point.target.name} at this point`;
      return [one.word, chosen.length === 0 ? { tests: [], reason } : { tests: chosen }];
    }),
  );
}

function placeOfTest(collection: string, name: string): string {
  return path.posix.join(collection, path.basename(name));
}

function unreadable(collection: string, said: readonly string[]): KselftestPlan {
  const summary = `make cannot read ${selftests}/${collection}/Makefile`;
  return {
    tests: [{ name: 'all tests', file: '/', timeoutMs: 0, problem: { blame: 'kernel', summary, excerpt: said } }],
  };
}

/** A helper that was not built is no test, but tests may want it. */
function sayHelpers(
  collection: string,
  { files }: Listing,
  { problems }: CollectionFiles,
  tests: readonly CollectionEntry[],
  context: Context,
): void {
  for (const { name, runs } of files) {
    const summary = problems[name]?.summary;
    if (summary === undefined || runs !== 'never' || tests.some((test) => test.name === name)) continue;
    warning(context)(`kselftest ${collection}: tests do without a file: ${summary}`);
  }
}
