import { type Chain, type Context, defined, type Plan } from '../../model/index.ts';
import { type ChainCut, costsOf, cutChains, machinesFor } from '../../plan/index.ts';
import { parsePoints } from '../../results/index.ts';
import { readSeries } from '../series/read.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { fetchTree } from '../tree/fetch.ts';
import { chainKey, choiceWords, type KeyFacts, toolVersions } from './chain-key.ts';
import { settleTargets } from './every-target.ts';
import { factsOf, lastRun } from './inputs.ts';
import { commandLine } from './reproduce.ts';
import type { RunRequest } from './request.ts';
import { unnamedInputs } from './unnamed-inputs.ts';

export interface PlanRequest
  extends Pick<RunRequest, 'project' | 'selection' | 'points' | 'suites' | 'case' | 'out' | 'invocation'> {
  /** How many machines are to work on it; one for each target when absent. */
  readonly machines?: number;
}

/**
 * Cuts the matrix of a series into chains. Nothing is built; the tree is fetched, since its version decides the keys.
 *
 * @throws UserError for what a run would refuse before it builds anything, HostError
 */
export async function makePlan(request: PlanRequest, context: Context): Promise<Plan> {
  const { project } = request;
  const series = await readSeries(request.selection.spec);
  const points = parsePoints(request.points, series.patches.length);
  const suites = await chooseSuites(request.suites, series, project);
  await checkSuites({ suites, series, project, ...defined({ match: request.case }) }, context);
  const tree = await fetchTree(request.selection.recipe, context);
  const { selection } = await settleTargets({ selection: request.selection, until: 'test' }, tree, series, context);
  const facts = await factsOf({ selection, project }, series, tree, suites);
  const last = await lastRun(request.out, facts);
  const targets = selection.targets.map(({ name }) => name);
  const machines = request.machines ?? targets.length;
  const { costs, measured } = costsOf(last?.cells ?? []);
  const cuts = cutChains(points, targets, machines, costs);
  const places = machinesFor(cuts, machines);
  const words = choiceWords(request);
  const unnamed = await unnamedInputs({ project, series, suites });
  const common = { facts, series, selection, known: project.known, words, until: 'test' as const, unnamed };
  const byTarget = new Map<string, KeyFacts>();
  for (const target of selection.targets) {
    byTarget.set(target.name, { ...common, target, versions: await toolVersions(target) });
  }
  const chains = cuts.flatMap((cut, at) => {
    const known = byTarget.get(cut.target);
    return known ? [chainOf({ ...request, selection }, cut, places[at] ?? 1, known)] : [];
  });
  return { format: 1, series: series.name, tree: tree.name, points, targets, machines, measured, chains };
}

function chainOf(
  { selection, points, invocation }: PlanRequest,
  cut: ChainCut,
  machine: number,
  known: KeyFacts,
): Chain {
  const { target } = cut;
  const [from = 0, to = from] = [cut.points[0], cut.points.at(-1)];
  const { '--tree': tree, ...options } = invocation.options;
  const command = commandLine([
    ...['quiltboot', 'run', invocation.series],
    ...(tree === undefined ? [] : ['--tree', tree]),
    ...['--target', selection.targets.map(({ name }) => name).join(','), '--points', points],
    ...Object.entries(options).flatMap(([name, value]) => (value === '' ? [name] : [name, value])),
    ...known.words,
    ...['--keep-going', '--shard', `${target}:${from}..${to}`],
  ]);
  return { target, from, to, ms: Math.round(cut.ms), key: chainKey(known, cut.points), machine, command };
}
