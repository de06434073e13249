import path from 'node:path';
import { copyIfThere } from '../../host/files/write.ts';
import { type Cause, defined, kunitOff, type Series, type StageName, suiteKind } from '../../model/index.ts';
import type { FeatureState } from '../../model/suite.ts';
import { bootTarget } from '../../targets/index.ts';
import { type Bootable, boot } from '../guest/stored-boot.ts';
import { runStoredSuites } from '../suite/stored-test.ts';
import { measuring } from './coverage.ts';
import { faultOf, trying } from './faults.ts';
import { type CellState, type CellWork, cellDirectory, withLog } from './work.ts';

/** Boots a built cell and runs the suites in it; the run keeps the logs of both. */
export async function testCell(state: CellState, work: CellWork): Promise<CellWork> {
  const { context } = state;
  const what = `point ${work.point} on ${work.column}`;
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

function bootable(state: CellState, work: CellWork): Bootable {
  const { image, point } = work;
  const target = bootTarget(work.target);
  const kernel = work.kernel ?? builtKernel(work);
  if (!kernel || !image) throw new Error('a cell without a built image cannot boot');
  const chosen = state.request.selection.machine(target);
  // Tests that are built in run in boots of their own.
  const machine = {
    ...chosen,
    ...(work.kunit && { commandLine: [...chosen.commandLine, ...kunitOff] }),
    ...(work.modules?.length && { modules: work.modules }),
  };
  const vouched = state.request.selection.spec.trust === 'own';
  return { target, ...kernel, image, machine, vouched, cell: { point, target: work.column } };
}

function builtKernel({ build, source }: CellWork): CellWork['kernel'] {
  if (build?.image === undefined || build.imageHash === undefined || !source) return undefined;
  const { image, imageHash, symbolsHash, systemMap, vmlinux } = build;
  const hashes = { imageHash, ...defined({ symbolsHash }) };
  return { kernel: { image, kernelVersion: source.kernelVersion, ...defined({ systemMap, vmlinux }) }, ...hashes };
}

async function bootOne(state: CellState, work: CellWork): Promise<CellWork> {
  const { context, request, boots } = state;
  const snapshot = request.until === 'test' && state.suites.some((word) => suiteKind(word)?.kind !== 'kunit');
  const usualMs = boots.get(work.column);
  const { result, log } = await boot(bootable(state, work), { snapshot, ...defined({ usualMs }) }, context);
  if (result.outcome === 'pass' && result.bootMs !== undefined)
    boots.set(work.column, Math.max(result.bootMs, usualMs ?? 0));
  const place = path.join(cellDirectory(work), 'boot.log');
  const copied = await copyIfThere(log, path.join(state.directory.path, place));
  const logs = copied ? { ...work.logs, 'boot.log': place } : work.logs;
  return { ...work, boot: withLog({ ...result, log: place }, place), logs };
}

/** The series' features and whether the point has them; a suite says in a skip which patch would bring one. */
function featuresAt(series: Series, point: number): Record<string, FeatureState> {
  return Object.fromEntries(
    Object.entries(series.features).map(([name, patch]) => [name, { patch, present: patch <= point }] as const),
  );
}

async function testOne(state: CellState, work: CellWork): Promise<CellWork> {
  const { context, request, series, suites } = state;
  if (suites.length === 0) return work;
  const { result, directory } = await runStoredSuites(
    {
      ...bootable(state, work),
      features: state.features ?? featuresAt(series, work.point),
      suites,
      ...defined({
        dialect: series.dialect,
        programs: request.selection.project.programSuites,
        kunit: work.kunit,
        kselftest: work.kselftest,
        bootMs: work.boot?.bootMs,
        match: request.case,
        seed: request.seed,
        reruns: request.reruns,
        leaks: request.leaks,
        faults: request.faults,
        issues: state.issues,
        counting: await measuring(state, work),
      }),
    },
    context,
  );
  const place = path.join(cellDirectory(work), 'test');
  await copyIfThere(directory, path.join(state.directory.path, place));
  // Logs are named from where the suites ran; the run keeps them below its own directory.
  const moved = <T extends { readonly cause?: Cause }>(one: T): T =>
    withLog(one, one.cause?.log === undefined ? undefined : path.join(place, one.cause.log));
  const test = moved({ ...result, cases: result.cases.map(moved) });
  return { ...work, test, logs: { ...work.logs, test: place } };
}
