import { hashValues } from '../../host/files/hash.ts';
import { type Chain, type Context, defined, type Plan, type Run, type Series } from '../../model/index.ts';
import { type ChainCut, costsOf, cutChains, machinesFor } from '../../plan/index.ts';
import { parsePoints, type RunFacts } from '../../results/index.ts';
import { readSeries } from '../series/read.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { fetchTree } from '../tree/fetch.ts';
import { factsOf, lastRun } from './inputs.ts';
import { commandLine } from './reproduce.ts';
import type { RunRequest } from './request.ts';

export interface PlanRequest
  extends Pick<RunRequest, 'project' | 'selection' | 'points' | 'suites' | 'case' | 'out' | 'invocation'> {
  /** How many machines are to work on it; one for each target when absent. */
  readonly machines?: number;
  /** Further words of each chain's command, as the user gave them. */
  readonly words: readonly string[];
}

/**
 * Cuts the matrix of a series into chains. Nothing is built; the tree is fetched, since its version decides the keys.
 *
 * @throws UserError for what a run would refuse before it builds anything, HostError
 */
export async function makePlan(request: PlanRequest, context: Context): Promise<Plan> {
  const { selection, project } = request;
  const series = await readSeries(selection.spec);
  const points = parsePoints(request.points, series.patches.length);
  const suites = await chooseSuites(request.suites, series, project);
  await checkSuites({ suites, series, project, ...defined({ match: request.case }) }, context);
  const tree = await fetchTree(selection.recipe, context);
  const facts = await factsOf(request, series, tree, suites);
  const last = await lastRun(request.out, facts);
  const targets = selection.targets.map(({ name }) => name);
  const machines = request.machines ?? targets.length;
  const { costs, measured } = costsOf(last?.cells ?? []);
  const cuts = cutChains(points, targets, machines, costs);
  const places = machinesFor(cuts, machines);
  const chains = cuts.map((cut, at) => chainOf(request, cut, places[at] ?? 1, { facts, series }));
  return { format: 1, series: series.name, tree: tree.name, points, targets, machines, measured, chains };
}

function chainOf(
  { selection, points, invocation, words }: PlanRequest,
  cut: ChainCut,
  machine: number,
  known: { readonly facts: RunFacts; readonly series: Series },
): Chain {
  const { target } = cut;
  const [from = 0, to = from] = [cut.points[0], cut.points.at(-1)];
  const { '--tree': tree, ...options } = invocation.options;
  const command = commandLine([
    ...['quiltboot', 'run', invocation.series],
    ...(tree === undefined ? [] : ['--tree', tree]),
    ...['--target', selection.targets.map(({ name }) => name).join(','), '--points', points],
    ...Object.entries(options).flatMap(([name, value]) => (value === '' ? [name] : [name, value])),
    ...words,
    ...['--keep-going', '--shard', `${target}:${from}..${to}`],
  ]);
  const machineOf = selection.targets.find(({ name }) => name === target);
  const key = keyOf(known.facts, known.series, cut, [
    machineOf ? selection.machine(machineOf) : null,
    selection.configuration ?? null,
    words,
  ]);
  return { target, from, to, ms: Math.round(cut.ms), key, machine, command };
}

/** Over all that decides what the cells of a cut end as: patches behind its last point are not among it. */
function keyOf(
  { tree, inputs, host }: RunFacts,
  series: Series,
  { target, points }: ChainCut,
  more: readonly unknown[],
): string {
  const patches = series.patches.slice(0, points.at(-1) ?? 0).map(({ hash }) => hash);
  const { toolchain, fragments = {}, suites } = (inputs ?? {}) as Partial<NonNullable<Run['inputs']>>;
  return hashValues(
    'chain',
    [tree.key, patches, target, points],
    [toolchain ?? null, fragments[target] ?? null, suites ?? null],
    host.versions,
    ...more,
  );
}
