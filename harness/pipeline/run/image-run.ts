import path from 'node:path';
import { hashFile } from '../../host/files/hash.ts';
import { describeMachine } from '../../host/machine.ts';
import {
  type ApplyResult,
  type BootResult,
  type Cell,
  type Context,
  defined,
  type GuestModule,
  type MachineSettings,
  nearest,
  type Project,
  type Reruns,
  type Series,
  UserError,
  warning,
} from '../../model/index.ts';
import type { GuestRequest } from '../../model/suite.ts';
import { concludeRun, issuesAt, makeCell } from '../../results/index.ts';
import { filesBeside } from '../guest/gdb.ts';
import { type Kernel, kernelImage } from '../guest/kernel.ts';
import { boot } from '../guest/stored-boot.ts';
import { readSeries } from '../series/read.ts';
import { checkSuites } from '../suite/check.ts';
import { chooseSuites } from '../suite/choose.ts';
import { cellImage } from './build-cell.ts';
import { openRunDirectory, type StoredRun } from './directory.ts';
import { type ModuleSet, moduleSet } from './modules.ts';
import { commandLine } from './reproduce.ts';
import { recordingNotes, type Selection } from './select.ts';
import { testCell } from './test-cell.ts';
import type { CellWork } from './work.ts';

async function checked(kernel: Kernel): Promise<GuestRequest['kernel']> {
  return {
    image: await kernelImage(kernel.image),
    kernelVersion: kernel.kernelVersion ?? 'unknown',
    ...(await filesBeside(kernel.image)),
    ...defined({ systemMap: kernel.systemMap, vmlinux: kernel.vmlinux }),
  };
}

/** The project's modules, from the kernel's package; an image alone brings none, which is said. */
async function modulesFor(
  { image, modules }: Kernel,
  wanted: readonly GuestModule[] | undefined,
  context: Context,
): Promise<ModuleSet> {
  if (modules !== undefined) {
    return await moduleSet(wanted, { modules, isLast: true, what: path.basename(image) }, context);
  }
  const names = wanted?.map(({ name }) => name).join(', ');
  if (names !== undefined) warning(context)(`an image alone has no modules: its guests do without ${names}`);
  return { entries: [], loaded: [] };
}

/** A given kernel as a cell of its own, with the image that it is booted with. */
async function givenCell(
  kernel: Kernel,
  { selection, suites }: { readonly selection: Pick<Selection, 'project'>; readonly suites: readonly string[] },
  context: Context,
): Promise<CellWork> {
  const given = await checked(kernel);
  const { target } = kernel;
  context.emit({
    type: 'run-start',
    title: `${path.basename(kernel.image)} on ${target.name}`,
    points: [0],
    targets: [target.name],
  });
  const modules = await modulesFor(kernel, selection.project.guest?.modules, context);
  const apply: ApplyResult = { stage: 'apply', point: 0, outcome: 'pass', ms: 0, reused: false };
  return {
    point: 0,
    column: target.name,
    target,
    source: undefined,
    apply,
    kernel: { kernel: given, imageHash: await hashFile(kernel.image) },
    modules: modules.loaded,
    image: await cellImage({ context, suites, request: { selection } }, target, modules.entries),
    logs: {},
  };
}

/** Boots an image, with the events of a run. With `onGdb`, which is told what to type, gdb starts it. */
export async function bootKernel(
  kernel: Kernel,
  options: {
    readonly project: Pick<Project, 'guest'>;
    readonly machine: MachineSettings;
    readonly vouched?: boolean;
    readonly onGdb?: (text: string) => void;
  },
  context: Context,
): Promise<BootResult> {
  const {
    kernel: given,
    image,
    point,
  } = await givenCell(kernel, { selection: { project: options.project }, suites: [] }, context);
  if (!given || !image) throw new Error('a given kernel has an image');
  const { machine, vouched = false } = options;
  const { target } = kernel;
  const request = { target, ...given, image, machine, vouched, cell: { point, target: target.name } };
  return (await boot(request, defined({ onGdb: options.onGdb }), context)).result;
}

export interface TestKernelRequest {
  readonly kernel: Kernel;
  readonly project: Project;
  readonly selection: Selection;
  /** `boot`: no suite is run. */
  readonly until?: 'boot' | 'test';
  readonly out: string;
  readonly command: string;
  readonly suites?: readonly string[];
  readonly case?: string;
  /** Shuffles the cases. */
  readonly seed?: number;
  /** How cases that fail are run again; not at all when absent. */
  readonly reruns?: Reruns;
  readonly leaks?: number;
  readonly faults?: number;
  readonly dialect?: string;
  /** Features that the kernel has; all that the series knows when absent. */
  readonly features?: readonly string[];
}

/** The command that was given, for the case that failed alone. */
function repeating({ command }: TestKernelRequest): Parameters<typeof makeCell>[0]['reproduce'] {
  // Of two --case the last one holds.
  return (_, failed) => (failed === undefined ? command : `${command} ${commandLine(['--case', failed.name])}`);
}

/** Boots an image, runs suites against it unless told otherwise, and stores the outcome as a run of one cell, with the events of a run. */
export async function testKernel(request: TestKernelRequest, outer: Context): Promise<StoredRun> {
  const started = new Date();
  const { context, notes } = recordingNotes(outer);
  const { kernel, selection } = request;
  const { target } = kernel;
  const read = await readSeries(selection.spec);
  const series = { ...read, ...defined({ dialect: request.dialect }) };
  const { until = 'test' } = request;
  const suites = until === 'boot' ? [] : await chooseSuites(request.suites, series, request.project);
  const { project } = request;
  await checkSuites({ suites, series, project, ...defined({ match: request.case }) }, context);
  const features = chosenFeatures(series, request.features);
  const given = await givenCell(kernel, { selection, suites }, context);
  const directory = await openRunDirectory(request.out, started, `${path.basename(kernel.image)}-${target.name}`);
  const { seed, reruns, leaks, faults } = request;
  const issues = issuesAt(project.known ?? [], started.toISOString());
  const work = await testCell(
    {
      request: { selection, until, ...defined({ case: request.case, seed, reruns, leaks, faults }) },
      ...{
        context,
        series,
        directory,
        suites,
        features,
        issues,
        boots: new Map(),
        worktree: { points: [], sources: [] },
      },
    },
    given,
  );
  const parts = { ...work, patch: null, target: target.name, issues, reproduce: repeating(request) };
  const cell: Cell = { ...makeCell(parts), imageHash: given.kernel?.imageHash ?? null };
  context.emit({ type: 'cell-end', cell });
  const run = concludeRun({
    format: 1,
    id: directory.id,
    started: started.toISOString(),
    ms: Date.now() - started.getTime(),
    command: request.command,
    series: { name: series.name, patches: [] },
    tree: {
      name: path.basename(kernel.image),
      key: '',
      kernelVersion: given.kernel?.kernel.kernelVersion ?? 'unknown',
      resolved: kernel.from ?? kernel.image,
    },
    targets: [target.name],
    machines: { [target.name]: { endian: target.endian, bits: target.bits } },
    points: [0],
    host: await describeMachine([target]),
    ...defined({ known: project.known }),
    cells: [cell],
    notes: [...new Set(notes)],
  });
  await directory.finish(run);
  context.emit({ type: 'run-end', run });
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
      { code: 'QB-NAME', hint: `features: ${known.join(', ') || '(none)'}` },
    );
  }
  return Object.fromEntries(
    Object.entries(series.features).map(
      ([name, patch]) => [name, { patch, present: chosen?.includes(name) ?? true }] as const,
    ),
  );
}
