import path from 'node:path';
import { hashValues } from '../../host/files/hash.ts';
import { fromStore } from '../../host/files/store.ts';
import { copyIfThere } from '../../host/files/write.ts';
import { qemuVersion } from '../../host/qemu/qemu.ts';
import {
  type BootResult,
  type Cause,
  type CellRef,
  defined,
  type Outcome,
  type Series,
  type StageName,
  type TestResult,
  warning,
} from '../../model/index.ts';
import type { GuestRequest } from '../../model/suite.ts';
import { bootStage } from '../guest/boot.ts';
import { slownessOf } from '../guest/deadlines.ts';
import { suiteHash, testStage } from '../suite/stage.ts';
import { faultOf, trying } from './faults.ts';
import { type CellState, type CellWork, cellDirectory, withLog } from './work.ts';

/** A change of this number makes every stored boot and test result stale. */
const resultFormat = 2;

/** Boots a built cell and runs the suites in it; both are taken from the store where the same image had them before. */
export async function testCell(state: CellState, work: CellWork): Promise<CellWork> {
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
  readonly kernel: GuestRequest['kernel'];
  readonly initramfs: string;
  /** Hash over everything that decides what the guest does before a suite begins. */
  readonly key: string;
}

async function bootable(state: CellState, work: CellWork): Promise<Bootable> {
  const { build: built, image, source, target } = work;
  if (built?.image === undefined || !image || !source) throw new Error('a cell without a built image cannot boot');
  const machine = state.request.selection.machine(target);
  return {
    kernel: {
      image: built.image,
      kernelVersion: source.kernelVersion,
      ...defined({ systemMap: built.systemMap, vmlinux: built.vmlinux }),
    },
    initramfs: image.initramfs,
    key: hashValues(
      resultFormat,
      built.imageHash,
      built.symbolsHash ?? null,
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
  state: CellState,
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
    ...defined({ cause: result.cause, detail }),
  });
}

async function bootOne(state: CellState, work: CellWork): Promise<CellWork> {
  const { context, request } = state;
  const { target } = work;
  const guest = await bootable(state, work);
  const entry = await fromStore<BootResult>({
    store: context.cache.store,
    kind: 'boot',
    key: guest.key,
    fresh: context.fresh,
    say: warning(context),
    keep: () => true,
    make: async (directory) => {
      context.emit({ type: 'stage-start', stage: 'boot', what: target.name, cell: refOf(work) });
      const machine = request.selection.machine(target);
      const logFile = path.join(directory, 'console.log');
      const snapshot = request.until === 'test' && state.suites.length > 0;
      return await bootStage(
        { target, kernel: guest.kernel, initramfs: guest.initramfs, ...machine, logFile, snapshot },
        context,
      );
    },
  });
  const place = path.join(cellDirectory(work), 'boot.log');
  const copied = await copyIfThere(path.join(entry.directory, 'console.log'), path.join(state.directory.path, place));
  const boot = withLog({ ...entry.result, log: place, reused: entry.reused }, place);
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

async function testOne(state: CellState, work: CellWork): Promise<CellWork> {
  const { context, request, series, suites } = state;
  const { target } = work;
  if (suites.length === 0) return work;
  const guest = await bootable(state, work);
  const features = featuresAt(series, work.point);
  const entry = await fromStore<TestResult>({
    store: context.cache.store,
    kind: 'test',
    key: hashValues(
      guest.key,
      features,
      series.dialect,
      request.case ?? null,
      request.seed ?? null,
      request.reruns ?? null,
      await suiteHash(suites),
    ),
    fresh: context.fresh,
    say: warning(context),
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
          timeScale: slownessOf(work.boot?.bootMs),
          ...defined({ match: request.case, seed: request.seed, reruns: request.reruns }),
        },
        context,
      );
    },
  });
  const place = path.join(cellDirectory(work), 'test');
  await copyIfThere(entry.directory, path.join(state.directory.path, place));
  // Logs are named from where the suites ran; the run keeps them below its own directory.
  const moved = <T extends { readonly cause?: Cause }>(one: T): T =>
    withLog(one, one.cause?.log === undefined ? undefined : path.join(place, one.cause.log));
  const test = moved({ ...entry.result, cases: entry.result.cases.map(moved), reused: entry.reused });
  const passed = test.cases.filter((one) => one.outcome === 'pass').length;
  const skipped = test.cases.filter((one) => one.outcome === 'skip').length;
  const failed = test.cases.length - passed - skipped;
  const flaky = test.cases.filter((one) => one.tries && one.tries.failed < one.tries.runs).length;
  const detail = [
    `${passed} passed`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(flaky > 0 ? [`${flaky} flaky`] : []),
    ...(skipped > 0 ? [`${skipped} skipped`] : []),
  ];
  emitEnd(state, work, test, entry.reused, detail.join(', '));
  return { ...work, test, logs: { ...work.logs, test: place } };
}
