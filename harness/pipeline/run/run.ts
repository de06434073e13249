import { type Context, defined, nearest, UserError } from '../../model/index.ts';
import {
  chainsOf,
  concludeRun,
  issuesAt,
  leastProtected,
  missingCell,
  parsePoints,
  pointsOf,
  shardCells,
} from '../../results/index.ts';
import { collectWorktrees, warnOfSize } from '../cache/collect.ts';
import { readSeries } from '../series/read.ts';
import { describeVariant } from '../series/variant.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { fetchTree } from '../tree/fetch.ts';
import { withComparison } from './compare.ts';
import { openRunDirectory, openStoredRun, type StoredRun } from './directory.ts';
import type { BuiltKernel, CellEnd, ChainEnd, EngineKind, EngineSetup } from './engine.ts';
import { requireGuests, settleTargets } from './every-target.ts';
import { factsOf, noteChangedInputs } from './inputs.ts';
import { localEngine } from './local-engine.ts';
import { withoutMissing } from './missing-tools.ts';
import { machinesOf, type RunRequest } from './request.ts';
import { recordingNotes } from './select.ts';

export interface FinishedRun extends StoredRun {
  /** The last kernel that was built for each target; vmlinux, System.map and config stand beside the image. */
  readonly kernels: readonly BuiltKernel[];
}

/**
 * Runs a series: every chosen point on every target, as far as `until`.
 *
 * Kernel and suite faults end up in the run; faults of the user are thrown before anything is built, faults of the
 * machine end the cell that they hit. The run is stored before this returns.
 *
 * @param kind what runs the chains; this machine when not given
 */
export async function run(asked: RunRequest, outer: Context, kind: EngineKind = localEngine): Promise<FinishedRun> {
  const started = new Date();
  const { context, notes } = recordingNotes(outer);
  requireGuests(asked);
  const { recipe } = asked.selection;
  const series = await readSeries(asked.selection.spec);
  const points = parsePoints(asked.points, series.patches.length);
  const against = asked.against === undefined ? undefined : await openStoredRun(asked.against);
  // Looked for whatever the last stage is: a mistake in the project is said at once.
  const suites = await chooseSuites(asked.suites, series, asked.project);
  if (asked.until === 'test') {
    const { project } = asked;
    await checkSuites({ suites, series, project, ...defined({ match: asked.case }) }, context);
  }
  await kind.check({ request: asked, context, series, suites });
  const named = asked.selection.columns.map(({ name }) => name);
  if (shardCells(points, named, asked.shard).size === 0) throw emptyShard(asked);
  context.emit({
    type: 'run-start',
    title: `${series.name} (${series.patches.length} patches) on ${recipe.name}: points ${points.join(' ')} on ${named.join(', ')}`,
    points,
    targets: named,
  });
  const variant = describeVariant(series);
  if (variant !== undefined) context.emit({ type: 'note', level: 'info', text: variant });
  const tree = asked.tree ?? (await fetchTree(recipe, context));
  const settled = await settleTargets(asked, tree, series, context);
  const request = asked.skipMissing ? await withoutMissing(settled, context) : settled;
  const targets = request.selection.columns.map(({ name }) => name);
  const facts = await factsOf(request, series, tree, request.until === 'test' ? suites : []);
  await noteChangedInputs(request.out, facts, context);
  await collectWorktrees(context);
  const issues = issuesAt(request.project.known ?? [], started.toISOString());
  const setup: EngineSetup = { request, context, series, suites, points, tree, facts, issues };
  const chains = chainsOf(points, shardCells(points, targets, request.shard));
  if (chains.length === 0) throw emptyShard(request);
  const engine = await kind.open(setup);
  try {
    const directory = await openRunDirectory(request.out, started, `${series.name}-${tree.name}`);
    const room = {
      directory: directory.path,
      onCell: ({ cell }: CellEnd): Promise<void> => {
        context.emit({ type: 'cell-end', cell });
        return Promise.resolve();
      },
    };
    const ends: ChainEnd[] = [];
    for await (const end of engine.start(room).run(chains, context.signal)) ends.push(end);
    const concluded = concludeRun({
      format: 1,
      id: directory.id,
      started: started.toISOString(),
      ms: Date.now() - started.getTime(),
      command: request.command,
      ...facts,
      targets,
      machines: machinesOf(request.selection.columns),
      points,
      ...defined({ shard: request.shard }),
      ...defined({ sandbox: leastProtected(ends.flatMap(({ cells }) => cells.map((one) => one.sandbox))) }),
      ...defined({ known: request.project.known, coverage: engine.coverage }),
      cells: cellsOf(ends, setup),
      notes: [...new Set(notes)],
    });
    const result = against ? await withComparison({ run: concluded, directory: directory.path }, against) : concluded;
    await directory.finish(result);
    context.emit({ type: 'run-end', run: result });
    if (outer.cacheLimit !== undefined) await warnOfSize(outer.cacheLimit, outer);
    return { run: result, directory: directory.path, kernels: kernelsOf(ends) };
  } finally {
    await engine.close();
  }
}

/** The cells of all chains, point by point; one that did not come to its end is the fault of a machine. */
function cellsOf(ends: readonly ChainEnd[], { points, request, series }: EngineSetup): CellEnd['cell'][] {
  const targets = request.selection.columns.map(({ name }) => name);
  const cells = ends.flatMap(({ chain, cells: ended, fault = 'it did not come to its end' }) =>
    pointsOf(chain, points).map((point) => {
      const found = ended.find(({ cell }) => cell.point === point);
      const patch = series.patches[point - 1]?.name ?? null;
      return found?.cell ?? missingCell({ point, target: chain.target }, patch, fault);
    }),
  );
  const place = ({ point, target }: CellEnd['cell']): number => point * targets.length + targets.indexOf(target);
  return cells.sort((one, other) => place(one) - place(other));
}

function kernelsOf(ends: readonly ChainEnd[]): BuiltKernel[] {
  const byTarget = new Map(ends.flatMap(({ kernel }) => (kernel ? [[kernel.target, kernel] as const] : [])));
  return [...byTarget.values()];
}

function emptyShard({ points, selection, shard }: RunRequest): UserError {
  const names = selection.targets.map(({ name }) => name);
  const target = shard && 'target' in shard ? shard.target : undefined;
  const guess = target === undefined || names.includes(target) ? undefined : nearest(target, names);
  return new UserError(`--shard names no cell of points ${points} on ${names.join(', ')}`, {
    code: 'QB-SELECTION',
    hint: `${guess === undefined ? '' : `did you mean ${guess}? `}quiltboot plan prints parts of the matrix that have some`,
  });
}
