import path from 'node:path';
import { hashFile } from '../../host/files/hash.ts';
import { describeMachine } from '../../host/machine.ts';
import {
  type BootResult,
  type Cell,
  type Context,
  defined,
  type MachineSettings,
  nearest,
  type Project,
  type Series,
  UserError,
} from '../../model/index.ts';
import type { GuestRequest } from '../../model/suite.ts';
import { concludeRun, makeCell } from '../../results/index.ts';
import { bootStage } from '../guest/boot.ts';
import { filesBeside, withGdb } from '../guest/gdb.ts';
import { makeImage } from '../guest/image.ts';
import { type Kernel, kernelImage } from '../guest/kernel.ts';
import { readSeries } from '../series/read.ts';
import { chooseSuites } from '../suite/choose.ts';
import { testStage } from '../suite/stage.ts';
import { openRunDirectory, type StoredRun } from './directory.ts';
import { machinesOf } from './request.ts';
import type { Selection } from './select.ts';

async function checked(kernel: Kernel): Promise<GuestRequest['kernel']> {
  return {
    image: await kernelImage(kernel.image),
    kernelVersion: kernel.kernelVersion ?? 'unknown',
    ...(await filesBeside(kernel.image)),
    ...defined({ systemMap: kernel.systemMap, vmlinux: kernel.vmlinux }),
  };
}

/** Boots an image once; the kernel log stays in the cache. With `onGdb`, which is told what to type, gdb starts it. */
export async function bootKernel(
  kernel: Kernel,
  options: { readonly machine: MachineSettings; readonly onGdb?: (text: string) => void },
  context: Context,
): Promise<BootResult> {
  const image = await checked(kernel);
  const { initramfs } = await makeImage({ target: kernel.target }, context);
  const logFile = path.join(context.cache.root, `boot-${kernel.target.name}.log`);
  const { target } = kernel;
  const request = { target, kernel: image, initramfs, ...options.machine, logFile };
  if (!options.onGdb) return await bootStage(request, context);
  return await withGdb({ target, ...image }, options.onGdb, (gdb) => bootStage({ ...request, ...gdb }, context));
}

export interface TestKernelRequest {
  readonly kernel: Kernel;
  readonly project: Project;
  readonly selection: Selection;
  readonly out: string;
  readonly command: string;
  readonly suites?: readonly string[];
  readonly case?: string;
  /** Shuffles the cases. */
  readonly seed?: number;
  readonly dialect?: string;
  /** Features that the kernel has; all that the series knows when absent. */
  readonly features?: readonly string[];
}

/** Runs suites against an image and stores the outcome as a run of one cell. */
export async function testKernel(request: TestKernelRequest, context: Context): Promise<StoredRun> {
  const started = new Date();
  const { kernel, selection } = request;
  const image = await checked(kernel);
  const series = await readSeries(selection.spec);
  const suites = await chooseSuites(request.suites, series, request.project);
  const directory = await openRunDirectory(
    request.out,
    started,
    `${path.basename(kernel.image)}-${kernel.target.name}`,
  );
  const initramfs = await makeImage({ target: kernel.target }, context);
  const test = await testStage(
    {
      kernel: image,
      initramfs: initramfs.initramfs,
      target: kernel.target,
      point: 0,
      features: chosenFeatures(series, request.features),
      suites,
      dialect: request.dialect ?? series.dialect,
      machine: selection.machine(kernel.target),
      logDirectory: path.join(directory.path, 'test'),
      ...defined({ match: request.case, seed: request.seed }),
    },
    context,
  );
  const cell: Cell = makeCell({
    point: 0,
    patch: null,
    target: kernel.target.name,
    apply: { stage: 'apply', point: 0, outcome: 'pass', ms: 0, reused: false },
    test,
    reproduce: () => request.command,
    logs: { test: 'test' },
  });
  const cells = [{ ...cell, imageHash: await hashFile(kernel.image) }];
  const run = concludeRun({
    format: 1,
    id: directory.id,
    started: started.toISOString(),
    ms: Date.now() - started.getTime(),
    command: request.command,
    series: { name: series.name, patches: [] },
    tree: { name: path.basename(kernel.image), key: '', kernelVersion: image.kernelVersion, resolved: kernel.image },
    targets: [kernel.target.name],
    machines: machinesOf([kernel.target]),
    points: [0],
    host: await describeMachine([kernel.target]),
    cells,
    notes: [],
  });
  await directory.finish(run);
  return { run, directory: directory.path };
}

function chosenFeatures(
  series: Series,
  chosen: readonly string[] | undefined,
): Record<string, { readonly patch: number; readonly present: boolean }> {
  const known = Object.keys(series.features);
  for (const name of chosen ?? []) {
    if (known.includes(name)) continue;
    const guess = nearest(name, known);
    throw new UserError(
      `series "${series.name}" knows no feature "${name}"${guess === undefined ? '' : `; did you mean "${guess}"?`}`,
      {
        hint: `features: ${known.join(', ') || '(none)'}`,
      },
    );
  }
  return Object.fromEntries(
    Object.entries(series.features).map(
      ([name, patch]) => [name, { patch, present: chosen?.includes(name) ?? true }] as const,
    ),
  );
}
