import PQueue from 'p-queue';
import { hashValues } from '../../host/files/hash.ts';
import {
  type CaseResult,
  type Cell,
  type Context,
  defined,
  InterruptedError,
  isGood,
  type Run,
  type Target,
  UserError,
} from '../../model/index.ts';
import { concludeRun, issuesAt, makeCell, parsePoints, shardCells } from '../../results/index.ts';
import { collectWorktrees, warnOfSize } from '../cache/collect.ts';
import { guestEntries } from '../guest/contents.ts';
import { checkKunitWords } from '../kernel/kunit.ts';
import { requireSandbox } from '../kernel/room.ts';
import { readSeries } from '../series/read.ts';
import { describeVariant } from '../series/variant.ts';
import { openWorktree, type Worktree } from '../series/worktree.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { fetchTree } from '../tree/fetch.ts';
import { buildCell, scriptsOf } from './build-cell.ts';
import { withComparison } from './compare.ts';
import { diagnosePoint } from './diagnose.ts';
import { openRunDirectory, openStoredRun, type RunDirectory, type StoredRun } from './directory.ts';
import { factsOf, noteChangedInputs } from './inputs.ts';
import { reproduceCommand, suiteWord } from './reproduce.ts';
import { machinesOf, type RunRequest } from './request.ts';
import { recordingNotes } from './select.ts';
import { testCell } from './test-cell.ts';
import { type CellState, type CellWork, type Previous } from './work.ts';

export interface FinishedRun extends StoredRun {
  /** The last kernel that was built for each target; vmlinux, System.map and config stand beside the image. */
  readonly kernels: readonly BuiltKernel[];
}

interface BuiltKernel {
  readonly point: number;
  readonly target: string;
  /** Absolute path in the store. */
  readonly image: string;
}

/** Everything that the cells of one run share. */
interface RunState extends CellState {
  readonly request: RunRequest;
  readonly worktree: Worktree;
  readonly directory: RunDirectory;
  /** By target. */
  readonly kernels: Map<string, BuiltKernel>;
  /** Cells whose kernels were built without a sandbox, now or when their results were stored. */
  readonly unprotected: Set<string>;
}

/**
 * Runs a series: every chosen point on every target, as far as `until`.
 *
 * Kernel and suite faults end up in the run; faults of the user are thrown before anything is built, faults of the
 * machine end the cell that they hit. The run is stored before this returns.
 */
export async function run(request: RunRequest, outer: Context): Promise<FinishedRun> {
  const started = new Date();
  const { context, notes } = recordingNotes(outer);
  const { selection } = request;
  const series = await readSeries(selection.spec);
  const points = parsePoints(request.points, series.patches.length);
  const against = request.against === undefined ? undefined : await openStoredRun(request.against);
  const problem = request.until === 'apply' ? undefined : await requireSandbox(series.trust === 'own');
  // Looked for whatever the last stage is: a mistake in the project is said at once.
  const suites = await chooseSuites(request.suites, series, request.project);
  if (request.until === 'test') {
    const { project } = request;
    await checkSuites({ suites, series, project, ...defined({ match: request.case }) }, context);
  }
  if (request.until === 'test' || request.until === 'boot') {
    // A program that does not compile is said before a kernel is built for it.
    const scripts = scriptsOf(suites, request.project);
    for (const target of selection.targets) await guestEntries(request.project.guest, scripts, target, context);
  }
  context.emit({
    type: 'run-start',
    title: `${series.name} (${series.patches.length} patches) on ${selection.recipe.name}: points ${points.join(' ')} on ${selection.targets.map((target) => target.name).join(', ')}`,
    points,
    targets: selection.targets.map((target) => target.name),
  });
  const variant = describeVariant(series);
  if (variant !== undefined) context.emit({ type: 'note', level: 'info', text: variant });
  const tree = await fetchTree(selection.recipe, context);
  const facts = await factsOf(request, series, tree, request.until === 'test' ? suites : []);
  await noteChangedInputs(request.out, facts, context);
  await collectWorktrees(context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const last = worktree.sources.findLast((source) => source !== undefined);
    if (last && request.until !== 'apply') await checkKunitWords(suites, last, context);
    const directory = await openRunDirectory(request.out, started, `${series.name}-${tree.name}`);
    const state: RunState = {
      request,
      context,
      series,
      worktree,
      directory,
      suites,
      issues: issuesAt(request.project.known ?? [], started.toISOString()),
      boots: new Map(),
      kernels: new Map(),
      unprotected: new Set(),
    };
    const cells = await runCells(state, points);
    const concluded = concludeRun({
      format: 1,
      id: directory.id,
      started: started.toISOString(),
      ms: Date.now() - started.getTime(),
      command: request.command,
      ...facts,
      targets: selection.targets.map((target) => target.name),
      machines: machinesOf(selection.targets),
      points,
      ...defined({ shard: request.shard }),
      ...defined({ sandbox: sandboxOf(state, problem) }),
      ...defined({ known: request.project.known }),
      cells,
      notes: [...new Set(notes)],
    });
    const result = against ? await withComparison({ run: concluded, directory: directory.path }, against) : concluded;
    await directory.finish(result);
    context.emit({ type: 'run-end', run: result });
    if (outer.cacheLimit !== undefined) await warnOfSize(outer.cacheLimit, outer);
    return { run: result, directory: directory.path, kernels: [...state.kernels.values()] };
  } finally {
    await worktree.close();
  }
}

function sandboxOf({ request, unprotected }: RunState, reason: string | undefined): Run['sandbox'] | undefined {
  if (request.until === 'apply') return undefined;
  return reason !== undefined || unprotected.size > 0
    ? { builds: 'none', ...defined({ reason }) }
    : { builds: 'bubblewrap' };
}

/**
 * Walks the points in order. The targets of a point build side by side, and while the next point builds, the guests of
 * this one run.
 */
async function runCells(state: RunState, points: readonly number[]): Promise<Cell[]> {
  const { context, request } = state;
  const chosen = shardCells(
    points,
    request.selection.targets.map(({ name }) => name),
    request.shard,
  );
  if (chosen.size === 0) throw emptyShard(request);
  // One cell's guests at a time: starved guests fail in ways that look like kernel faults.
  const guests = new PQueue({ concurrency: 1 });
  const previous = await buildBefore(state, points, chosen);
  const finished = new Map<string, Promise<Cell>>();
  let firstFailure = Number.POSITIVE_INFINITY;
  const stopsBefore = (point: number): string | undefined =>
    point > firstFailure && !request.keepGoing
      ? `not run: point ${firstFailure} failed (--keep-going runs the rest)`
      : undefined;
  const settle = (cell: Cell): Cell => {
    if (!isGood(cell.outcome) && cell.outcome !== 'not-run') {
      firstFailure = Math.min(firstFailure, cell.point);
    }
    context.emit({ type: 'cell-end', cell });
    return cell;
  };

  for (const point of points) {
    const targets = request.selection.targets.filter(({ name }) => chosen.get(name)?.includes(point));
    const built = await Promise.all(
      targets.map(async (target) => {
        const work = await buildCell(state, {
          point,
          target,
          notRun: stopsBefore(point),
          previous: previous.get(target.name),
        });
        const comparable = previousOf(work);
        if (comparable) previous.set(target.name, comparable);
        return work;
      }),
    );
    if (context.signal.aborted) break;
    for (const work of await diagnosePoint(built, request.selection, context)) {
      const key = cellKey(point, work.target);
      const target = work.target.name;
      if (work.build?.sandboxed === false) state.unprotected.add(key);
      if (work.build?.image !== undefined) state.kernels.set(target, { point, target, image: work.build.image });
      if (!work.image || (request.until !== 'test' && request.until !== 'boot')) {
        finished.set(key, Promise.resolve(settle(finishCell(state, work))));
        continue;
      }
      const test = guests.add(async () => {
        const notRun = stopsBefore(point);
        return settle(finishCell(state, notRun === undefined ? await testCell(state, work) : { ...work, notRun }));
      });
      test.catch(() => undefined);
      finished.set(key, test);
    }
  }
  const cells = await Promise.all(finished.values());
  if (context.signal.aborted) throw new InterruptedError();
  return cells;
}

function emptyShard({ points, selection }: RunRequest): UserError {
  const names = selection.targets.map(({ name }) => name).join(', ');
  return new UserError(`--shard names no cell of points ${points} on ${names}`, {
    code: 'QB-SELECTION',
    hint: 'quiltboot plan prints parts of the matrix that have some',
  });
}

/** What the next point of the same target can be compared with: a point that was built. */
function previousOf({ point, configure, build }: CellWork): Previous | undefined {
  return configure && build?.image !== undefined ? { point, configure, build } : undefined;
}

/**
 * Builds what the first point of a shard has to be compared with, for its new warnings are those that the point before
 * does not have. That point's own cell is in another shard.
 */
async function buildBefore(
  state: RunState,
  points: readonly number[],
  chosen: ReadonlyMap<string, readonly number[]>,
): Promise<Map<string, Previous>> {
  const { request, context } = state;
  const previous = new Map<string, Previous>();
  if (request.shard === undefined || request.until === 'apply' || request.until === 'configure') return previous;
  const toBuild: RunState = { ...state, request: { ...request, until: 'build' } };
  for (const target of request.selection.targets) {
    const [first] = chosen.get(target.name) ?? [];
    if (first === undefined) continue;
    for (const point of points.filter((one) => one < first).reverse()) {
      if (context.signal.aborted) return previous;
      const work = await buildCell(toBuild, { point, target, notRun: undefined, previous: undefined });
      const comparable = previousOf(work);
      if (!comparable) continue;
      previous.set(target.name, comparable);
      break;
    }
  }
  return previous;
}

function cellKey(point: number, target: Target): string {
  return hashValues(point, target.name);
}

/** A case with the word for its suite. */
function repeated({ request, suites }: RunState, { name, suite }: CaseResult): Parameters<typeof reproduceCommand>[4] {
  const choice = { suites, chosen: request.suites !== undefined };
  return { name, suites: [suiteWord(suite, choice, request.invocation.directory)] };
}

function finishCell(state: RunState, work: CellWork): Cell {
  const { request } = state;
  return makeCell({
    ...work,
    target: work.target.name,
    patch: state.series.patches[work.point - 1]?.name ?? null,
    ...defined({ issues: state.issues }),
    reproduce: (stage, failedCase) =>
      reproduceCommand(
        request.invocation,
        work.point,
        work.target.name,
        stage,
        failedCase && repeated(state, failedCase),
      ),
  });
}
