import path from 'node:path';
import { hashValues } from '../host/files.ts';
import { qemuVersion } from '../host/qemu.ts';
import { copyIfThere, fromStore } from '../host/store.ts';
import {
  type ApplyResult,
  type BootResult,
  type BuildResult,
  type CellRef,
  type ConfigureResult,
  type Context,
  describeError,
  HostError,
  type ImageResult,
  type Outcome,
  type Series,
  type Source,
  type StageName,
  type Target,
  type TestResult,
} from '../model/index.ts';
import { bootStage } from './boot.ts';
import { build } from './build.ts';
import { configure } from './configure.ts';
import { makeImage } from './image.ts';
import type { RunState } from './run.ts';
import type { Selection } from './select.ts';
import { suiteHash } from './suite-hash.ts';
import { testStage } from './test.ts';

/** A cell on its way through the stages. */
export interface CellWork {
  readonly point: number;
  readonly target: Target;
  readonly source: Source | undefined;
  readonly apply: ApplyResult;
  readonly configure?: ConfigureResult;
  readonly build?: BuildResult;
  readonly image?: ImageResult;
  readonly boot?: BootResult;
  readonly test?: TestResult;
  readonly fault?: {
    readonly stage: StageName;
    readonly cause: { readonly blame: 'host'; readonly summary: string; readonly excerpt: readonly string[] };
  };
  readonly notRun?: string;
  readonly logs: Readonly<Record<string, string>>;
}

/** A change of this number makes every stored boot and test result stale. */
const resultFormat = 1;

/** How often a stage is tried when the machine, not the kernel, failed it in a way that may pass. */
const attempts = 3;

/** Runs a stage again after a passing fault of the machine; the last fault is thrown. */
async function trying<T>(context: Context, what: string, stage: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await stage();
    } catch (error) {
      if (!(error instanceof HostError) || !error.retryable || attempt === attempts || context.signal.aborted)
        throw error;
      context.emit({
        type: 'note',
        level: 'warning',
        text: `${what}: ${error.message}; trying again (${attempt + 1} of ${attempts})`,
      });
    }
  }
}

/** Turns a fault of the machine into the end of a cell; anything else goes on up. */
function faultOf(stage: StageName, error: unknown): Pick<CellWork, 'fault'> {
  if (!(error instanceof HostError)) throw error;
  return {
    fault: {
      stage,
      cause: { blame: 'host', summary: error.message, excerpt: describeError(error).split('\n').slice(1) },
    },
  };
}

export interface Previous {
  readonly configure: ConfigureResult;
  readonly build: BuildResult;
}

export interface BuildCellRequest {
  readonly point: number;
  readonly target: Target;
  readonly notRun: string | undefined;
  /** The nearest earlier point of this run that was configured and built: what changed since is this point's doing. */
  readonly previous: Previous | undefined;
}

/** Every fragment that holds at a point: the tree's, the configuration's, then the series' that have come so far. */
export function fragmentsAt(
  selection: Selection,
  series: Series,
  target: Target,
  point: number,
): { readonly path: string }[] {
  const own = series.fragments.filter((fragment) => fragment.from <= point).map((fragment) => fragment.path);
  return [...selection.fragments(target), ...own].map((path) => ({ path }));
}

/** Applies, configures and builds one point for one target, and makes the initramfs to boot it with. */
export async function buildCell(state: RunState, request: BuildCellRequest): Promise<CellWork> {
  const { context, worktree } = state;
  const { point, target } = request;
  const { until, selection } = state.request;
  const apply = worktree.points[point];
  const source = worktree.sources[point];
  if (!apply) throw new Error(`no point ${point} in the worktree`);
  const base: CellWork = { point, target, source, apply, logs: {} };
  if (request.notRun !== undefined) return { ...base, notRun: request.notRun };
  if (!source || apply.outcome !== 'pass' || until === 'apply') return base;
  const what = `point ${point} on ${target.name}`;
  const fragments = fragmentsAt(selection, state.series, target, point);

  const { previous } = request;
  const common = {
    source,
    target,
    toolchain: selection.toolchain,
    ...(selection.configuration === undefined ? {} : { configuration: selection.configuration }),
  };
  let stage: StageName = 'configure';
  let work = base;
  try {
    const configured = await trying(context, what, () =>
      configure({ ...common, fragments, ...(previous ? { previous: previous.configure } : {}) }, context),
    );
    work = { ...work, configure: configured };
    if (configured.outcome !== 'pass' || until === 'configure') return work;
    stage = 'build';
    const built = await trying(context, what, () =>
      build({ ...common, configure: configured, ...(previous ? { previous: previous.build } : {}) }, context),
    );
    const logs = await keepBuildLogs(state, work, built);
    work = { ...work, build: built, logs };
    if (built.outcome !== 'pass' || until === 'build') return work;
    stage = 'image';
    return { ...work, image: await trying(context, what, () => makeImage({ target }, context)) };
  } catch (error) {
    return { ...work, ...faultOf(stage, error) };
  }
}

async function keepBuildLogs(state: RunState, work: CellWork, built: BuildResult): Promise<Record<string, string>> {
  const place = cellDirectory(work);
  const logs: Record<string, string> = {};
  for (const [name, file] of [
    ['build.log', built.log],
    ['config', built.configFile],
  ] as const) {
    if (await copyIfThere(file, path.join(state.directory.path, place, name))) logs[name] = path.join(place, name);
  }
  return logs;
}

/** A cell's directory inside the run directory. */
function cellDirectory({ point, target }: Pick<CellWork, 'point' | 'target'>): string {
  return path.join('cells', `${point}-${target.name}`);
}

/** Boots a built cell and runs the suites in it; both are taken from the store where the same image had them before. */
export async function testCell(state: RunState, work: CellWork): Promise<CellWork> {
  const { context } = state;
  const what = `point ${work.point} on ${work.target.name}`;
  let stage: StageName = 'boot';
  let done = work;
  try {
    done = await trying(context, what, () => bootOne(state, done));
    if (done.boot?.outcome !== 'pass' || state.request.until === 'boot') return done;
    stage = 'test';
    return await trying(context, what, () => testOne(state, done));
  } catch (error) {
    return { ...done, ...faultOf(stage, error) };
  }
}

interface Bootable {
  readonly kernel: { readonly image: string; readonly kernelVersion: string; readonly systemMap?: string };
  readonly initramfs: string;
  /** Hash over everything that decides what the guest does before a suite begins. */
  readonly key: string;
}

async function bootable(state: RunState, work: CellWork): Promise<Bootable> {
  const { build: built, image, source, target } = work;
  if (built?.image === undefined || !image || !source) throw new Error('a cell without a built image cannot boot');
  const machine = state.request.selection.machine(target);
  return {
    kernel: {
      image: built.image,
      kernelVersion: source.kernelVersion,
      ...(built.systemMap === undefined ? {} : { systemMap: built.systemMap }),
    },
    initramfs: image.initramfs,
    key: hashValues(
      resultFormat,
      built.imageHash,
      image.hash,
      target.name,
      machine,
      await qemuVersion(target.qemu.binary),
    ),
  };
}

function refOf(work: CellWork): CellRef {
  return { point: work.point, target: work.target.name };
}

function emitEnd(
  state: RunState,
  work: CellWork,
  result: {
    readonly stage: StageName;
    readonly outcome: Outcome;
    readonly ms: number;
    readonly cause?: NonNullable<BootResult['cause']>;
  },
  reused: boolean,
  detail?: string,
): void {
  state.context.emit({
    type: 'stage-end',
    stage: result.stage,
    what: work.target.name,
    outcome: result.outcome,
    ms: result.ms,
    reused,
    cell: refOf(work),
    ...(result.cause === undefined ? {} : { cause: result.cause }),
    ...(detail === undefined ? {} : { detail }),
  });
}

async function bootOne(state: RunState, work: CellWork): Promise<CellWork> {
  const { context, request } = state;
  const { target } = work;
  const guest = await bootable(state, work);
  const entry = await fromStore<BootResult>({
    store: context.cache.store,
    kind: 'boot',
    key: guest.key,
    fresh: context.fresh,
    keep: () => true,
    make: async (directory) => {
      context.emit({ type: 'stage-start', stage: 'boot', what: target.name, cell: refOf(work) });
      const machine = request.selection.machine(target);
      const logFile = path.join(directory, 'console.log');
      return await bootStage(
        { target, kernel: guest.kernel, initramfs: guest.initramfs, ...machine, logFile },
        context,
      );
    },
  });
  const place = path.join(cellDirectory(work), 'boot.log');
  const copied = await copyIfThere(path.join(entry.directory, 'console.log'), path.join(state.directory.path, place));
  const boot = { ...entry.result, log: place, reused: entry.reused };
  emitEnd(state, work, boot, entry.reused);
  return { ...work, boot, logs: copied ? { ...work.logs, 'boot.log': place } : work.logs };
}

/** The series' features and whether the point has them; a suite says in a skip which patch would bring one. */
function featuresAt(
  series: Series,
  point: number,
): Record<string, { readonly patch: number; readonly present: boolean }> {
  return Object.fromEntries(
    Object.entries(series.features).map(([name, patch]) => [name, { patch, present: patch <= point }] as const),
  );
}

async function testOne(state: RunState, work: CellWork): Promise<CellWork> {
  const { context, request, series, suites } = state;
  const { target } = work;
  if (suites.length === 0) return work;
  const guest = await bootable(state, work);
  const features = featuresAt(series, work.point);
  const entry = await fromStore<TestResult>({
    store: context.cache.store,
    kind: 'test',
    key: hashValues(guest.key, features, series.dialect, request.case ?? null, await suiteHash(suites)),
    fresh: context.fresh,
    keep: (result) => result.cases.every((one) => one.cause?.blame !== 'host'),
    make: async (directory) => {
      context.emit({ type: 'stage-start', stage: 'test', what: target.name, cell: refOf(work) });
      return await testStage(
        {
          kernel: guest.kernel,
          initramfs: guest.initramfs,
          target,
          point: work.point,
          features,
          suites,
          dialect: series.dialect,
          machine: request.selection.machine(target),
          logDirectory: directory,
          ...(request.case === undefined ? {} : { match: request.case }),
        },
        context,
      );
    },
  });
  const place = path.join(cellDirectory(work), 'test');
  await copyIfThere(entry.directory, path.join(state.directory.path, place));
  const test = { ...entry.result, reused: entry.reused };
  const passed = test.cases.filter((one) => one.outcome === 'pass').length;
  const skipped = test.cases.filter((one) => one.outcome === 'skip').length;
  const failed = test.cases.length - passed - skipped;
  const detail = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  emitEnd(state, work, test, entry.reused, detail.join(', '));
  return { ...work, test, logs: { ...work.logs, test: place } };
}
