import path from 'node:path';
import { nextSubset, subsetKey, sureness } from '../../bisect/index.ts';
import { hashValues } from '../../host/files/hash.ts';
import { exists } from '../../host/files/kind.ts';
import { mustReadText } from '../../host/files/read.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { changesBetween, describeChange, mergedText, type OptionDifference } from '../../kconfig/changes.ts';
import { type FragmentOption, mergeFragments, parseFragment } from '../../kconfig/index.ts';
import { type BisectPoint, type Context, type Project, suggest, type Target, UserError } from '../../model/index.ts';
import { parsePoints } from '../../results/index.ts';
import { fragmentFile } from '../kernel/configure.ts';
import { fragmentsAt } from '../run/build-cell.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';
import type { Space } from './space.ts';
import { workCell } from './try.ts';

export interface OptionsSearch {
  readonly project: Project;
  readonly selection: Selection;
  readonly target: Target;
  /** A selection that names one point. */
  readonly points: string;
  /** What fails: a configuration of the project file, or a fragment or `.config`. It is put over the tree's fragments. */
  readonly bad: string;
  /** What passes, in the same way; the tree's and the series' fragments alone when absent. */
  readonly good?: string;
  /** Resolved fragments are kept here. */
  readonly directory: string;
}

/** Sets of options between a configuration that passes and one that fails, as a space to search. */
export async function openOptionsSpace(search: OptionsSearch, context: Context): Promise<Space> {
  const { selection, target } = search;
  const series = await readSeries(selection.spec, context.signal);
  const [number = 0, ...more] = parsePoints(search.points, series.patches.length);
  if (more.length > 0) {
    throw new UserError(`--points ${search.points}: options are bisected at one point`, {
      code: 'QB-SELECTION',
      hint: 'name one: a number or "final", which is what it takes without --points',
    });
  }
  const tree = await fetchTree(selection.recipe, context);
  const at = tree.kernelVersion;
  const fragments = fragmentsAt(selection, series, target, number);
  const base = await readOptions(
    fragments.map((fragment) => fragment.path),
    at,
  );
  const good = search.good === undefined ? new Map<string, FragmentOption>() : await readNamed(search, search.good, at);
  const changes = changesBetween(base, good, await readNamed(search, search.bad, at));
  if (changes.length === 0) {
    throw new UserError(`${search.bad} changes nothing: there is no option to blame`, {
      code: 'QB-BISECT-ENDS',
      hint: 'name the good configuration with --against NAME, or the failing one with --options',
    });
  }
  const worktree = await openWorktree({ tree, series }, context);
  const pointOf = (subset: readonly number[]): BisectPoint => ({
    key: subsetKey(subset),
    label: labelOf(subset, changes, search),
  });
  const single = (index: number): BisectPoint => {
    const change = changes[index];
    return { key: String(index), label: change ? describeChange(change) : '' };
  };
  const everything = changes.map((_, index) => index);
  const text = (subset: readonly number[]): string =>
    mergedText(
      base,
      good,
      changes.filter((_, index) => subset.includes(index)),
    );
  return {
    title: `options of ${search.bad} against ${search.good ?? 'the fragments alone'}: ${series.name} on ${tree.name}, point ${number}, ${target.name}`,
    identity: [
      'options',
      series.variant ?? null,
      tree.key,
      target.name,
      series.patches.slice(0, number).map(({ hash, name }) => [name, hash]),
      text([]),
      text(everything),
    ],
    goodEnd: pointOf([]),
    badEnd: pointOf(everything),
    next(signs) {
      const step = nextSubset(changes.length, signs);
      switch (step.kind) {
        case 'test': {
          const point = pointOf(step.subset);
          const what = step.isEnd ? 'the bad end first' : `${step.left} options in question`;
          return { kind: 'question', point, isEnd: step.isEnd, text: `Bisecting: ${what}: ${point.label}` };
        }
        case 'unjudged':
          return { kind: 'refusal', end: pointOf(step.subset) };
        case 'all-good':
          return {
            kind: 'conclusion',
            outcome: { kind: 'all-good', end: pointOf(everything) },
            good: pointOf(everything),
          };
        case 'all-bad':
          return { kind: 'conclusion', outcome: { kind: 'all-bad', end: pointOf([]) }, bad: pointOf([]) };
        case 'found':
          return {
            kind: 'conclusion',
            outcome: { kind: 'found', culprits: step.difference.map(single) },
            bad: pointOf(step.bad),
            good: pointOf(step.good),
          };
      }
    },
    async work(point, place) {
      const subset = point.key === '' ? [] : point.key.split(' ').map(Number);
      const merged = text(subset);
      const file = path.join(search.directory, 'options', `${hashValues(merged).slice(0, 12)}.config`);
      await writeFileAtomic(file, `# ${point.label}\n${merged}`);
      const own: Selection = { ...selection, fragments: () => [{ path: file }], configuration: 'bisect' };
      const state = {
        ...place,
        request: { ...place.request, selection: own },
        series: { ...series, fragments: [] },
        worktree,
      };
      return await workCell(state, { point: number, target }, place.again);
    },
    /** The other side is sure: one failure shows that a set fails. */
    sureness({ outcome, good: passing }, tries) {
      if (outcome.kind !== 'found') return undefined;
      const tried = tries
        .filter(({ point, sign }) => sign === 'bad' || point.key === passing?.key)
        .map(({ sign, observations }) => ({
          sign,
          observations,
          contains: (real: number) => sign === 'bad' || real === 0,
        }));
      return sureness(tried, [0, 1], [1]);
    },
    reproduce: () => undefined,
    close: () => worktree.close(),
  };
}

function labelOf(subset: readonly number[], changes: readonly OptionDifference[], search: OptionsSearch): string {
  if (subset.length === 0) return search.good ?? 'the fragments alone';
  if (subset.length === changes.length) return `${search.bad} (${changes.length} options)`;
  const names = subset.map((index) => `CONFIG_${changes[index]?.symbol ?? ''}`);
  const some = names.length > 3 ? `${names.slice(0, 2).join(', ')} and ${names.length - 2} more` : names.join(', ');
  return `${subset.length} of ${changes.length} options: ${some}`;
}

async function readOptions(
  files: readonly string[],
  kernelVersion: string,
): Promise<ReadonlyMap<string, FragmentOption>> {
  const read = async (file: string) => parseFragment(await mustReadText(await fragmentFile(file)), file, kernelVersion);
  return mergeFragments(await Promise.all(files.map(read))).options;
}

/** The options of a named configuration, or of a file. */
async function readNamed(
  { project, selection, target }: OptionsSearch,
  name: string,
  kernelVersion: string,
): Promise<ReadonlyMap<string, FragmentOption>> {
  const configuration = Object.hasOwn(project.configurations, name) ? project.configurations[name] : undefined;
  const { base } = selection.recipe;
  if (configuration) {
    const found = configuration.fragments[base];
    if (found) return readOptions([...found.all, ...(found.targets[target.name] ?? [])], kernelVersion);
    throw new UserError(`configuration "${name}" has no fragments for base "${base}"`, {
      code: 'QB-SELECTION',
      hint: `add them to ${project.file} under configurations.${name}`,
    });
  }
  if (await exists(name)) return readOptions([name], kernelVersion);
  throw new UserError(`${name} is neither a configuration of the project file nor a file`, {
    hint: suggest(path.basename(name), Object.keys(project.configurations)),
  });
}
