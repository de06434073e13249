import path from 'node:path';
import { blobsIn, hasCommit, listTags } from '../../host/git/blobs.ts';
import { type Assembly, type ExpectedBlob, expectedBlobs, recover, toBuffer } from '../../import/index.ts';
import {
  type BaseCandidate,
  type BaseReport,
  type Context,
  defined,
  type PlacedRemark,
  type PreparedTree,
  UserError,
} from '../../model/index.ts';
import { countApplying } from './applying.ts';
import type { ImportTree } from './tree.ts';

/** Where trees are looked for: the tags of a repository, and commits of others. */
export interface BaseRequest {
  readonly assembly: Assembly;
  /** Absolute: a git repository on this machine, whose tags are candidates. */
  readonly repository?: string;
  /** Trees that are ready. */
  readonly trees: readonly PreparedTree[];
}

/** Candidates that are tried by applying the series. */
const mostTried = 5;

/** The git repository that `--tree git:PATH` or `git:PATH#REF` names; undefined for everything else. */
export function repositoryOfPlace(tree: ImportTree | undefined, cwd: string): string | undefined {
  const place = tree !== undefined && 'place' in tree ? /^git:([^#]+)/.exec(tree.place)?.[1] : undefined;
  return place === undefined || /^\w+:\/\//.test(place) ? undefined : path.resolve(cwd, place);
}

/**
 * Finds the trees that a series fits: by its `base-commit:`, then by the blob ids of its index lines, then by how many
 * patches apply. Throws UserError where there is nothing to look in.
 */
export async function findBase({ assembly, repository, trees }: BaseRequest, context: Context): Promise<BaseReport> {
  const { signal } = context;
  if (repository === undefined && trees.length === 0)
    throw new UserError('there is no tree to look for the base in', {
      hint: 'name a repository whose tags are tried: --tree git:PATH; or fetch a tree of the project first: quiltboot fetch NAME',
    });
  const expected = expectedBlobs(assembly.patches);
  const { baseCommit } = assembly;
  const baseIsHere =
    repository !== undefined && baseCommit !== undefined && (await hasCommit(repository, baseCommit, signal));
  const names = [
    ...(baseIsHere ? [baseCommit] : []),
    ...(repository === undefined ? [] : await listTags(repository, signal)),
  ];
  const places = [
    ...trees.map((tree) => ({ name: tree.name, repository: tree.repository, commit: tree.commit })),
    ...(repository === undefined ? [] : names.map((name) => ({ name, repository, commit: name }))),
  ];
  const scored = (await Promise.all(groupByRepository(places).map((group) => score(group, expected, signal)))).flat();
  // The named commit is right even where no blob tells it; of equals the newer tag comes first.
  const ranked = scored.toSorted(
    (a, b) => Number(b.name === baseCommit) - Number(a.name === baseCommit) || b.matches - a.matches,
  );
  const diffs = await diffsOf(assembly);
  const candidates: BaseCandidate[] = [];
  for (const { name, repository: where, commit, matches } of ranked.slice(0, mostTried)) {
    candidates.push({ name, matches, applies: await countApplying(where, commit, diffs, signal) });
  }
  return {
    candidates: candidates.toSorted((a, b) => b.applies - a.applies || b.matches - a.matches),
    blobs: expected.length,
    patches: diffs.length,
    baseIsHere,
    ...defined({ baseCommit }),
  };
}

interface Place {
  readonly name: string;
  readonly repository: string;
  readonly commit: string;
}

function groupByRepository(places: readonly Place[]): Place[][] {
  const repositories = new Set(places.map(({ repository }) => repository));
  return [...repositories].map((repository) => places.filter((place) => place.repository === repository));
}

async function score(
  places: readonly Place[],
  expected: readonly ExpectedBlob[],
  signal: AbortSignal,
): Promise<(Place & { readonly matches: number })[]> {
  const [first] = places;
  if (first === undefined) return [];
  const paths = expected.map((file) => file.path);
  const all = await blobsIn(
    first.repository,
    places.map(({ commit }) => commit),
    paths,
    signal,
  );
  return places.map((place, index) => ({ ...place, matches: countMatches(expected, all[index] ?? []) }));
}

function countMatches(expected: readonly ExpectedBlob[], there: readonly (string | undefined)[]): number {
  return expected.filter(({ blob }, index) => (blob === undefined ? !there[index] : there[index]?.startsWith(blob)))
    .length;
}

async function diffsOf({ patches }: Assembly): Promise<Uint8Array[]> {
  const diffs: Uint8Array[] = [];
  for (const message of patches) diffs.push(toBuffer((await recover(message)).diff));
  return diffs;
}

/** Sentences about the base: the tree's match with the series, and what b4 calls the series. */
export async function describeBase(
  assembly: Assembly,
  tree: PreparedTree | undefined,
  repository: string | undefined,
  { signal }: Context,
): Promise<PlacedRemark[]> {
  const { baseCommit, cover, patches } = assembly;
  const notes: PlacedRemark[] = [];
  const same = baseCommit !== undefined && tree?.resolved.includes(baseCommit.slice(0, 12)) === true;
  if (tree === undefined && baseCommit !== undefined)
    notes.push({ text: `the series was made on commit ${baseCommit}` });
  if (tree !== undefined && !same) {
    const expected = expectedBlobs(patches);
    const [matched] = await score(
      [tree].map((one) => ({ ...one, name: one.name })),
      expected,
      signal,
    );
    const here =
      baseCommit !== undefined && repository !== undefined && (await hasCommit(repository, baseCommit, signal));
    const commit =
      baseCommit === undefined
        ? 'no base-commit is given'
        : `base-commit ${baseCommit.slice(0, 12)} is ${here ? 'another one of the repository' : 'not here'}`;
    if (expected.length > 0 && (baseCommit !== undefined || (matched?.matches ?? 0) < expected.length))
      notes.push({
        text: `base: ${tree.name} (${matched?.matches ?? 0} of ${expected.length} blobs match; ${commit})`,
      });
    else if (baseCommit !== undefined)
      notes.push({ text: `the series was made on commit ${baseCommit}; the tree ${tree.name} is ${tree.resolved}` });
  }
  const changeId = [cover, ...patches].find((message) => message?.changeId !== undefined)?.changeId;
  if (changeId !== undefined) notes.push({ text: `change-id of the series: ${changeId}` });
  return notes;
}
