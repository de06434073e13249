import type { Graph } from '../../bisect/index.ts';
import { hashValues } from '../../host/files/hash.ts';
import { isDirectory } from '../../host/files/kind.ts';
import { listRange, resolveLocalRef } from '../../host/git/import.ts';
import { type BisectPoint, type Context, type Target, UserError } from '../../model/index.ts';
import { isUrl } from '../../tree/override.ts';
import { type Invocation, reproduceCommand } from '../run/reproduce.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { fragmentHashes } from './fragment-hashes.ts';
import { withRevert } from './revert.ts';
import { type Space, searchGraph } from './space.ts';
import { workTree } from './tree.ts';

export interface RangeSearch {
  readonly selection: Selection;
  readonly target: Target;
  /** `GOOD..BAD`; without BAD the tree's own ref is the bad end. */
  readonly range: string;
  readonly invocation: Invocation;
  readonly stage: 'build' | 'boot' | 'test';
  readonly case?: string;
  /** Words for `--suite`, where suites were chosen. */
  readonly suites?: readonly string[];
}

/** Commits of a repository on this machine, each with the whole series on top, as a space to search. */
export async function openRangeSpace(search: RangeSearch, context: Context): Promise<Space> {
  const { selection, target, invocation } = search;
  const { repository, ref } = await repositoryOf(selection);
  const [good, bad] = await resolveRange(search.range, repository, ref, context.signal);
  const series = await readSeries(selection.spec, context.signal);
  const commits = await listRange(repository, good, bad, context.signal);
  const numbers = new Map(commits.map(({ commit }, number) => [commit, number]));
  const graph: Graph = commits.map(({ parents }, number) => {
    if (number === 0) return [];
    const inside = parents.map((parent) => numbers.get(parent)).filter((parent) => parent !== undefined);
    // Whatever comes from outside of the range is in its good end.
    return inside.length === parents.length ? inside : [...new Set([0, ...inside])];
  });
  const points = commits.map(
    ({ commit, subject }): BisectPoint => ({
      key: commit,
      label: `${commit.slice(0, 12)} (${subject})`,
      commit,
      subject,
    }),
  );
  const name = `range-${hashValues(repository).slice(0, 12)}`;
  return {
    ...searchGraph(points, graph),
    title: `${series.name} on ${selection.recipe.name}, ${target.name}: ${commits.length - 1} commits of ${repository}, ${search.range}`,
    identity: [
      'range',
      series.variant ?? null,
      [good, bad],
      target.name,
      series.patches.map(({ hash, name: patch }) => [patch, hash]),
      await fragmentHashes([...selection.fragments(target), ...series.fragments].map((one) => one.path)),
    ],
    repository,
    work: (point, place) => {
      const source = { kind: 'git', url: repository, ref: point.key, borrow: true } as const;
      return workTree(
        { selection: { ...selection, recipe: { ...selection.recipe, source } }, series, target, shared: name },
        place,
      );
    },
    async revert(culprit, place) {
      const parent = `${culprit.key}^`;
      const what = { repository, commit: culprit.key, parent, name: culprit.label };
      const reverted = await withRevert(series, series.patches.length, what, place.directory.path, context);
      const source = { kind: 'git', url: repository, ref: bad, borrow: true } as const;
      const own = { ...selection, recipe: { ...selection.recipe, source } };
      return workTree({ selection: own, series: reverted, target, shared: name }, place);
    },
    reproduce: (point) => {
      const tree = `${selection.recipe.name}=git:${repository}#${point.key}`;
      const own = { ...invocation, options: { ...invocation.options, '--tree': tree } };
      const failed = search.case === undefined ? undefined : { name: search.case, suites: search.suites ?? [] };
      return reproduceCommand(own, series.patches.length, target.name, search.stage, failed);
    },
    close: () => Promise.resolve(),
  };
}

async function repositoryOf({ recipe }: Selection): Promise<{ repository: string; ref: string }> {
  const { source } = recipe;
  const hint = `name a repository on this machine: --tree ${recipe.name}=git:PATH#REF`;
  if (source.kind !== 'git') {
    throw new UserError(`tree ${recipe.name} does not come from git, so it has no range of commits`, {
      code: 'QB-REVISION',
      hint,
    });
  }
  const local = source.url.startsWith('file:') ? new URL(source.url).pathname : source.url;
  if (isUrl(local)) {
    throw new UserError(`a range needs the history, and ${source.url} is not on this machine`, {
      code: 'QB-REVISION',
      hint: `git clone ${source.url} linux\n${hint}`,
    });
  }
  if (!(await isDirectory(local)))
    throw new UserError(`there is no git repository ${local}`, { code: 'QB-REVISION', hint });
  return { repository: local, ref: source.ref };
}

async function resolveRange(
  range: string,
  repository: string,
  ref: string,
  signal: AbortSignal,
): Promise<[string, string]> {
  const [, from, to] = /^(\S+?)\.\.(?!\.)(\S*)$/.exec(range) ?? [];
  if (from === undefined || to === undefined) {
    throw new UserError(`--range ${range}: expected GOOD..BAD`, {
      code: 'QB-REVISION',
      hint: 'for instance --range v6.1.90..v6.1.100',
    });
  }
  const good = await resolveLocalRef(repository, from, signal);
  const bad = await resolveLocalRef(repository, to === '' ? ref : to, signal);
  if (good === bad) throw new UserError(`--range ${range}: both ends are the commit ${good}`, { code: 'QB-REVISION' });
  return [good, bad];
}
