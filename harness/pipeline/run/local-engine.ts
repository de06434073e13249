import PQueue from 'p-queue';
import { hashValues } from '../../host/files/hash.ts';
import type { FoundSandbox } from '../../host/sandbox/sandbox.ts';
import {
  type CaseResult,
  type Cell,
  type ChainPart,
  type Column,
  canBoot,
  coverageSuite,
  defined,
  InterruptedError,
  isGood,
  type Run,
  weakestSandbox,
} from '../../model/index.ts';
import { makeCell, pointsOf } from '../../results/index.ts';
import { guestEntries } from '../guest/contents.ts';
import { checkKselftestWords } from '../kernel/kselftest/index.ts';
import { checkKunitWords } from '../kernel/kunit.ts';
import { requireSandbox } from '../kernel/room.ts';
import { openWorktree, type Worktree } from '../series/worktree.ts';
import { buildCell, scriptsOf } from './build-cell.ts';
import { checkCoverage, coverageSetup, runCoverage, withCoverage } from './coverage.ts';
import { diagnosePoint } from './diagnose.ts';
import type { BuiltKernel, CellEnd, ChainEnd, EngineKind, EngineRoom, EngineSetup } from './engine.ts';
import { sayMissingTools } from './missing-tools.ts';
import { reproduceCommand, suiteWord } from './reproduce.ts';
import type { CoverageSetup, RunRequest } from './request.ts';
import { testCell } from './test-cell.ts';
import type { CellState, CellWork, Previous } from './work.ts';

/** Everything that the cells of one run share. */
interface LocalState extends CellState {
  readonly request: RunRequest;
  readonly points: EngineSetup['points'];
  readonly worktree: Worktree;
  readonly room: EngineRoom;
  /** By target. */
  readonly kernels: Map<string, BuiltKernel>;
  /** What builds are shut in with here; undefined where nothing is built. */
  readonly found: FoundSandbox | undefined;
}

/** Builds and boots on this machine. */
export const localEngine: EngineKind = {
  async check({ request, context, series, suites }) {
    if (request.until !== 'apply') await requireSandbox(series.trust === 'own');
    if (request.coverage) await checkCoverage(request, series);
    if (request.until !== 'test' && request.until !== 'boot') return;
    // A program that does not compile is said before a kernel is built for it.
    const scripts = scriptsOf(suites, request.project);
    for (const target of request.selection.targets.filter(canBoot)) {
      await guestEntries(request.project.guest, scripts, target, context);
    }
  },
  async open(setup) {
    const { request, context, tree, series, suites } = setup;
    const found = request.until === 'apply' ? undefined : await requireSandbox(series.trust === 'own');
    if (request.until !== 'apply') await sayMissingTools(request, context);
    const worktree = await openWorktree({ tree, series }, context);
    let coverage: CoverageSetup | undefined;
    try {
      coverage = await coverageSetup(request, setup, worktree, context);
      const last = worktree.sources.findLast((source) => source !== undefined);
      if (last && request.until !== 'apply') {
        const { targets, toolchain } = request.selection;
        await checkKunitWords(suites, last, context);
        await checkKselftestWords(suites, { source: last, targets: targets.filter(canBoot), toolchain }, context);
      }
    } catch (error) {
      await worktree.close();
      throw error;
    }
    return {
      start: (room) => ({
        async *run(chains, signal) {
          const state: LocalState = {
            ...setup,
            context: { ...context, signal },
            worktree,
            room,
            directory: { path: room.directory },
            boots: new Map(),
            kernels: new Map(),
            found,
            ...defined({ coverage }),
          };
          yield* await runChains(state, chains);
        },
      }),
      close: () => worktree.close(),
      ...(coverage && request.until === 'test' && { coverage: runCoverage(coverage) }),
    };
  },
};

/**
 * Walks the points of all chains in order. The targets of a point build side by side, and while the next point builds, the
 * guests of this one run.
 */
async function runChains(state: LocalState, chains: readonly ChainPart[]): Promise<ChainEnd[]> {
  const { context, request, points } = state;
  // One cell's guests at a time: starved guests fail in ways that look like kernel faults.
  const guests = new PQueue({ concurrency: 1 });
  const walked = new Map<string, Walked>();
  const bases = new Map<string, Promise<BaseEnd>>();
  const finished = new Map<string, Promise<CellEnd>>();
  let firstFailure = Number.POSITIVE_INFINITY;
  // No patch is to blame there, so the other targets go on.
  const broken = new Set<string>();
  const stopsBefore = (point: number, target: string): string | undefined => {
    if (request.keepGoing) return undefined;
    if (point > firstFailure) return `not run: point ${firstFailure} failed (--keep-going runs the rest)`;
    return broken.has(target) && point > 0
      ? `not run: the base does not build for ${target} (--keep-going runs the rest)`
      : undefined;
  };
  const settle = async (work: CellWork): Promise<CellEnd> => {
    const cell = finishCell(state, work);
    if (cell.point === 0 && failsToBuild(work)) broken.add(cell.target);
    else if (!isGood(cell.outcome) && cell.outcome !== 'not-run') firstFailure = Math.min(firstFailure, cell.point);
    const end = { cell, ...defined({ sandbox: sandboxOf(state, work) }) };
    await state.room.onCell(end);
    return end;
  };

  for (const point of points) {
    const isAt = ({ name }: Column): boolean =>
      chains.some((chain) => chain.target === name && pointsOf(chain, [point]).length > 0);
    const built = await Promise.all(
      request.selection.columns.filter(isAt).map(async (column) => {
        const notRun = stopsBefore(point, column.name);
        const previous = await previousAt(state, { point, column }, walked.get(column.name));
        const made = await buildCell(state, { point, column, notRun, previous });
        const work = previous === undefined ? await beside(state, made, column, bases) : made;
        walked.set(column.name, { point, ...defined({ comparable: previousOf(work) ?? previous }) });
        return work;
      }),
    );
    if (context.signal.aborted) break;
    for (const work of await diagnosePoint(built, request.selection, context)) {
      const target = work.column;
      const key = cellKey(point, target);
      if (work.build?.image !== undefined) state.kernels.set(target, { point, target, image: work.build.image });
      if (!work.image || (request.until !== 'test' && request.until !== 'boot')) {
        finished.set(key, Promise.resolve(await settle(work)));
        continue;
      }
      const test = guests.add(async () => {
        const notRun = stopsBefore(point, target);
        return settle(notRun === undefined ? withCoverage(state, await testCell(state, work)) : { ...work, notRun });
      });
      test.catch(() => undefined);
      finished.set(key, test);
    }
  }
  await Promise.all(finished.values());
  if (context.signal.aborted) throw new InterruptedError();
  return await Promise.all(
    chains.map(async (chain) => {
      const keys = pointsOf(chain, points).map((point) => cellKey(point, chain.target));
      const cells = await Promise.all(keys.flatMap((key) => finished.get(key) ?? []));
      return { chain, cells, ...defined({ kernel: state.kernels.get(chain.target) }) };
    }),
  );
}

function sandboxOf({ found }: LocalState, { build }: CellWork): Run['sandbox'] | undefined {
  if (found === undefined) return undefined;
  // A kernel from the store may have been built in a weaker one, or in none, though there is this one now.
  const builds = weakestSandbox([found.sandbox?.name ?? 'none', ...(build ? [build.sandbox] : [])]);
  return builds && { builds, ...defined({ reason: found.reason }) };
}

/** How the base of a target ends; undefined where that could not be told. */
type BaseEnd = CellWork['baseBuild'];

/** How far a target has come: its last point, and the last one that can be compared with. */
interface Walked {
  readonly point: number;
  readonly comparable?: Previous;
}

/** What the next point of the same target can be compared with: a point that was built. */
function previousOf({ point, configure, build }: CellWork): Previous | undefined {
  return configure && build?.image !== undefined ? { point, configure, build } : undefined;
}

/**
 * What a point is compared with, for its new warnings are those that the point before does not have. Where that one's cell
 * is not run here, it is built all the same.
 */
async function previousAt(
  state: LocalState,
  { point, column }: { readonly point: number; readonly column: Column },
  walked: Walked | undefined,
): Promise<Previous | undefined> {
  const { request, context, points } = state;
  const toBuild: LocalState = { ...state, request: { ...request, until: 'build' } };
  for (const before of points.filter((one) => one < point).reverse()) {
    if (before === walked?.point) return walked.comparable;
    if (request.until === 'apply' || request.until === 'configure' || context.signal.aborted) return undefined;
    const work = await buildCell(toBuild, { point: before, column, notRun: undefined, previous: undefined });
    const comparable = previousOf(work);
    if (comparable) return comparable;
  }
  return undefined;
}

/** Whether a cell has no kernel, and the machine and the user are not to blame. */
function failsToBuild({ configure, build, fault }: CellWork): boolean {
  const last = build ?? configure;
  return fault === undefined && last?.outcome === 'fail' && (last.cause?.blame ?? 'kernel') === 'kernel';
}

/** A cell that fails to build and has no earlier point of this run beside it, with how the base ends: is a patch to blame? */
async function beside(
  state: LocalState,
  work: CellWork,
  column: Column,
  bases: Map<string, Promise<BaseEnd>>,
): Promise<CellWork> {
  const { points, request, context } = state;
  if (points[0] === 0 || !failsToBuild(work) || context.signal.aborted) return work;
  const toBuild: LocalState = { ...state, request: { ...request, until: 'build' } };
  const known =
    bases.get(column.name) ??
    buildCell(toBuild, { point: 0, column, notRun: undefined, previous: undefined }).then((base) => {
      if (failsToBuild(base)) return 'fail';
      return base.build?.outcome === 'pass' ? 'pass' : undefined;
    });
  bases.set(column.name, known);
  return { ...work, ...defined({ baseBuild: await known }) };
}

function cellKey(point: number, target: string): string {
  return hashValues(point, target);
}

/** A case with the word for its suite. */
function repeated(
  { request, suites }: LocalState,
  { name, suite }: CaseResult,
): Parameters<typeof reproduceCommand>[4] {
  const choice = { suites, chosen: request.suites !== undefined };
  return { name, suites: [suiteWord(suite, choice, request.invocation.directory)] };
}

function finishCell(state: LocalState, work: CellWork): Cell {
  const { request } = state;
  return makeCell({
    ...work,
    target: work.column,
    patch: state.series.patches[work.point - 1]?.name ?? null,
    ...defined({ issues: state.issues, buildOnly: canBoot(work.target) ? undefined : (true as const) }),
    reproduce: (stage, failedCase) =>
      reproduceCommand(
        request.invocation,
        work.point,
        work.column,
        stage,
        // That of the percentage is run by all others.
        failedCase && failedCase.suite !== coverageSuite ? repeated(state, failedCase) : undefined,
      ),
  });
}
