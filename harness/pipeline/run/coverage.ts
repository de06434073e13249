import {
  coverageCase,
  findAccepted,
  followedLines,
  isCounted,
  needlessEntries,
  patchCoverage,
  readTreeDiff,
} from '../../coverage/index.ts';
import { readText } from '../../host/files/read.ts';
import { userPath } from '../../host/files/user-path.ts';
import { mustGit } from '../../host/git/git.ts';
import { isCountable } from '../../make/index.ts';
import {
  type AcceptedLines,
  type CellCoverage,
  type ConfigureResult,
  type Context,
  type CoveredDiff,
  defined,
  type PreparedTree,
  type RunCoverage,
  type Series,
  type SeriesSpec,
  type Source,
  UserError,
  worstOutcome,
} from '../../model/index.ts';
import { parseUnexecuted } from '../../project/index.ts';
import { allowedSources, type CountedSources, gcovFor, whyNoCounters } from '../kernel/counted.ts';
import type { Worktree } from '../series/worktree.ts';
import type { TestRequest } from '../suite/stage.ts';
import type { CoverageSetup, RunRequest } from './request.ts';
import type { CellState, CellWork } from './work.ts';

/** @throws UserError where there is nothing to measure, or with a compiler that does not count; HostError without gcov */
export async function checkCoverage({ selection }: Pick<RunRequest, 'selection'>, series: Series): Promise<void> {
  if (series.patches.length === 0) throw nothingNew(`the series ${series.name} has no patches`);
  for (const target of selection.targets) await gcovFor(target, selection.toolchain);
  await readAccepted(selection.spec);
}

/** @throws UserError with its place, where the list is not there or not what it should be */
async function readAccepted({
  unexecuted,
  location,
}: Pick<SeriesSpec, 'unexecuted' | 'location'>): Promise<readonly AcceptedLines[]> {
  if (unexecuted === undefined) return [];
  const file = await userPath('file', {
    path: unexecuted,
    what: 'list of lines that need not be executed',
    ...defined({ location }),
  });
  return parseUnexecuted((await readText(file)) ?? '', file);
}

function nothingNew(why: string): UserError {
  const hint = 'choose a series, and points after its first patch, for instance: --points final';
  return new UserError(`--coverage is about the lines that patches add, and ${why}`, { code: 'QB-SELECTION', hint });
}

async function diffsUpTo(
  point: number,
  { repository }: Pick<PreparedTree, 'repository'>,
  sources: Worktree['sources'],
  { signal }: Pick<Context, 'signal'>,
): Promise<CoveredDiff[]> {
  const trees = sources.slice(0, point + 1).flatMap((source) => source?.id ?? []);
  const diffs = [];
  for (const [index, now] of trees.entries()) {
    const before = trees[index - 1];
    if (before === undefined) continue;
    const args = ['diff-tree', '-p', '-M', '--text', '--no-color', '--no-ext-diff', '--no-textconv', before, now];
    const text = await mustGit({ repository }, args, 'comparing two points', { signal });
    diffs.push(readTreeDiff(text));
  }
  return followedLines(diffs, isCounted);
}

/**
 * What coverage is measured of: the lines that the patches add up to the last point.
 *
 * @throws UserError where no point has a patch
 */
export async function coverageSetup(
  { coverage, selection }: Pick<RunRequest, 'coverage' | 'selection'>,
  {
    points,
    tree,
    series,
  }: { readonly points: readonly number[]; readonly tree: PreparedTree; readonly series: Series },
  { sources }: Pick<Worktree, 'sources'>,
  context: Context,
): Promise<CoverageSetup | undefined> {
  if (!coverage) return undefined;
  const point = points.at(-1) ?? 0;
  if (point === 0) throw nothingNew('point 0 is the base');
  const touched = series.patches.slice(0, point).flatMap(({ files }) => files);
  return {
    point,
    ...defined({ failUnder: coverage.failUnder }),
    sources: [...new Set(touched)].filter(isCountable).sort(),
    accepted: await readAccepted(selection.spec),
    patches: await diffsUpTo(point, tree, sources, context),
  };
}

/** What a run says of it. */
export function runCoverage({ point, failUnder, patches }: CoverageSetup): RunCoverage {
  return { point, ...defined({ failUnder }), patches };
}

/** How a configured kernel is to count, or why it cannot. */
export async function countingOf(
  { sources }: CoverageSetup,
  { config = '', unmet = [] }: Pick<ConfigureResult, 'config' | 'unmet'>,
  source: Source,
): Promise<Pick<CellWork, 'uncountable'> & { readonly counting?: CountedSources }> {
  const uncountable = whyNoCounters((await readText(config)) ?? '', source.kernelVersion, unmet);
  if (uncountable !== undefined) return { uncountable };
  return { counting: await allowedSources(sources, await source.checkout()) };
}

/** What tests need to measure coverage; nothing at a point where it is not measured, or of a kernel that does not count. */
export async function measuring(
  { coverage, request }: CellState,
  { point, target, build }: CellWork,
): Promise<TestRequest['counting']> {
  if (coverage?.point !== point || build?.counted === undefined) return undefined;
  return { counted: build.counted, gcov: await gcovFor(target, request.selection.toolchain) };
}

function measuredOf({ build, test, uncountable, target }: CellWork, setup: CoverageSetup): CellCoverage {
  const unmeasured = (why: string): CellCoverage => ({ unmeasured: why, by: [], unread: [], patches: [] });
  if (build?.counted === undefined) return unmeasured(uncountable ?? 'the kernel does not count');
  if (test?.executed === undefined) return unmeasured('no suite was run');
  const { executed } = test;
  if (typeof executed === 'string') return unmeasured(executed);
  const { by, unread } = executed;
  const accepted = setup.accepted.filter((entry) => entry.target === undefined || entry.target === target.name);
  const places = findAccepted(accepted, setup.patches);
  const needless = needlessEntries(accepted, places, executed);
  return {
    ...{ by, unread, patches: patchCoverage(setup.patches, executed, build.counted.uncounted, places) },
    ...(needless.length > 0 && { needless }),
  };
}

/** Adds what the cases of a cell executed of the series, where that is measured and its tests came to an end. */
export function withCoverage({ coverage, request }: CellState, work: CellWork): CellWork {
  if (coverage?.point !== work.point || request.until !== 'test') return work;
  if (work.fault || work.notRun !== undefined || work.boot?.outcome !== 'pass') return work;
  const measured = measuredOf(work, coverage);
  const { failUnder } = coverage;
  const demanded = failUnder === undefined ? undefined : coverageCase(measured, work.target.name, failUnder);
  const { test } = work;
  if (!demanded || !test) return { ...work, coverage: measured };
  const cases = [...test.cases, demanded];
  return { ...work, coverage: measured, test: { ...test, cases, outcome: worstOutcome(cases) } };
}
