import { type BisectPoint, type Context, defined, type Target, UserError } from '../../model/index.ts';
import { parsePoints } from '../../results/index.ts';
import { type Invocation, reproduceCommand } from '../run/reproduce.ts';
import type { Selection } from '../run/select.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';
import { fragmentHashes } from './fragment-hashes.ts';
import { withRevert } from './revert.ts';
import { type Space, searchGraph } from './space.ts';
import { workCell } from './try.ts';

export interface SeriesSearch {
  readonly selection: Selection;
  readonly target: Target;
  /** A selection of points: the first is believed to be good, the last to be bad. */
  readonly points: string;
  readonly invocation: Invocation;
  readonly stage: 'build' | 'boot' | 'test';
  readonly case?: string;
  /** Words for `--suite`, where suites were chosen. */
  readonly suites?: readonly string[];
}

/** The points of a series as a space to search: which patch made the difference? */
export async function openSeriesSpace(search: SeriesSearch, context: Context): Promise<Space> {
  const { selection, target, invocation } = search;
  const series = await readSeries(selection.spec, context.signal);
  const chosen = parsePoints(search.points, series.patches.length);
  const [first = 0] = chosen;
  const last = chosen.at(-1) ?? first;
  if (first === last) {
    throw new UserError(`a bisection needs a good point and a bad one; --points ${search.points} names one`, {
      code: 'QB-BISECT-ENDS',
      hint: `for instance --points 0..${series.patches.length}, which is what it takes without --points`,
    });
  }
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  const points = Array.from({ length: last - first + 1 }, (_, index): BisectPoint => {
    const patch = series.patches[first + index - 1];
    const { commit } = worktree.points[first + index] ?? {};
    const name = patch === undefined ? `base: ${tree.name}` : patch.name;
    return {
      key: String(first + index),
      label: `point ${first + index} (${name})`,
      subject: patch?.subject ?? `Linux ${tree.kernelVersion}`,
      ...defined({ commit }),
    };
  });
  return {
    ...searchGraph(points),
    title: `${series.name} on ${tree.name} (Linux ${tree.kernelVersion}), ${target.name}: points ${first} to ${last}`,
    identity: [
      'series',
      series.variant ?? null,
      tree.key,
      target.name,
      series.patches.map(({ hash, name }) => [name, hash]),
      [first, last],
      await fragmentHashes([...selection.fragments(target), ...series.fragments].map((one) => one.path)),
    ],
    repository: tree.repository,
    work: (point, place) =>
      workCell(
        { ...place, request: { ...place.request, selection }, series, worktree },
        { point: Number(point.key), target },
        place.again,
      ),
    async revert(culprit, place) {
      const number = Number(culprit.key);
      const [commit, parent] = [worktree.points[number]?.commit, worktree.points[number - 1]?.commit];
      if (commit === undefined || parent === undefined) throw new UserError('it is the base');
      const name = series.patches[number - 1]?.name ?? culprit.label;
      const tip = worktree.points[last]?.commit;
      const what = { repository: tree.repository, commit, parent, name, ...defined({ tip }) };
      const reverted = await withRevert(series, last, what, place.directory.path, context);
      // Both have the same work tree.
      await worktree.close();
      const other = await openWorktree({ tree, series: reverted }, context);
      try {
        const state = { ...place, request: { ...place.request, selection }, series: reverted, worktree: other };
        return await workCell(state, { point: last, target }, place.again);
      } finally {
        await other.close();
      }
    },
    reproduce: (point) =>
      reproduceCommand(
        invocation,
        Number(point.key),
        target.name,
        search.stage,
        search.case === undefined ? undefined : { name: search.case, suites: search.suites ?? [] },
      ),
    close: () => worktree.close(),
  };
}
