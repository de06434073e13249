/** Builds a series with one fault at its end and runs its suites until something notices. */
import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type BootTarget,
  build,
  type CaseResult,
  type ConfigureResult,
  type Context,
  InterruptedError,
  openWorktree,
  type PreparedTree,
  readSeries,
  type Selection,
  type Series,
  UserError,
} from '../../harness/index.ts';
import { testStage } from '../../harness/pipeline/index.ts';
import type { Fault } from './faults.ts';

/** What became of a fault: what noticed it, nothing, or the machine was in the way. */
export interface Fate {
  readonly kind: 'caught' | 'survived' | 'machine';
  readonly by: string;
  readonly seconds: number;
}

export interface Hunt {
  /** Absolute paths of the series' suites. */
  readonly suites: readonly string[];
  readonly selection: Selection;
  readonly target: BootTarget;
  readonly series: Series;
  readonly tree: PreparedTree;
  /** Of the last point; no fault touches what configures a kernel. */
  readonly configured: ConfigureResult;
  readonly initramfs: string;
  readonly context: Context;
  /** Everything that is made goes here. */
  readonly work: string;
}

type Outcome = Pick<Fate, 'kind' | 'by'>;

/** A queue with the patches of the series and, where there is one, the fault behind them. */
async function writeQueue(series: Series, directory: string, patch: string | undefined): Promise<void> {
  await mkdir(directory, { recursive: true });
  const names = series.patches.map(({ name }) => name);
  for (const { name, path: file } of series.patches) await copyFile(file, path.join(directory, name));
  if (patch !== undefined) {
    await writeFile(path.join(directory, 'fault.patch'), patch);
    names.push('fault.patch');
  }
  await writeFile(path.join(directory, 'series'), `${names.join('\n')}\n`);
}

function isNotice({ outcome, cause }: CaseResult): boolean {
  return outcome !== 'pass' && outcome !== 'skip' && cause?.blame !== 'host';
}

/** The suites of the series, those that the fault names first. */
function inOrder(suites: readonly string[], first: readonly string[]): string[] {
  const rank = (file: string): number => {
    const at = first.indexOf(path.parse(file).name);
    return at < 0 ? first.length : at;
  };
  return [...suites].sort((a, b) => rank(a) - rank(b));
}

function describeNotice({ suite, name, outcome, cause }: CaseResult): string {
  return `${suite} › ${name} (${outcome === 'fail' ? '' : `${outcome}: `}${cause?.summary ?? ''})`;
}

/** Runs the suites until the first that notices something. */
async function runSuites(
  of: Hunt,
  kernel: string,
  kernelVersion: string,
  suites: string[],
  logs: string,
): Promise<Outcome> {
  const stop = new AbortController();
  let notice: CaseResult | undefined;
  const context: Context = {
    ...of.context,
    signal: AbortSignal.any([of.context.signal, stop.signal]),
    emit(event) {
      of.context.emit(event);
      if (event.type !== 'case-end' || notice !== undefined || !isNotice(event.result)) return;
      notice = event.result;
      stop.abort();
    },
  };
  const { target, series, selection, initramfs } = of;
  const features = Object.entries(series.features).map(([name, patch]) => [name, { patch, present: true }] as const);
  try {
    const { cases } = await testStage(
      {
        kernel: { image: kernel, kernelVersion },
        initramfs,
        target,
        point: series.patches.length,
        features: Object.fromEntries(features),
        suites,
        machine: selection.machine(target),
        logDirectory: logs,
        ...(series.dialect === undefined ? {} : { dialect: series.dialect }),
      },
      context,
    );
    const unjudged = cases.find(({ outcome }) => outcome === 'not-run');
    if (unjudged) return { kind: 'machine', by: describeNotice(unjudged) };
    const passed = cases.filter(({ outcome }) => outcome === 'pass').length;
    return { kind: 'survived', by: `${passed} cases pass` };
  } catch (error) {
    if (!(error instanceof InterruptedError) || notice === undefined || of.context.signal.aborted) throw error;
    return { kind: 'caught', by: describeNotice(notice) };
  }
}

async function outcomeOf(of: Hunt, fault: Fault | undefined, patch: string | undefined): Promise<Outcome> {
  const { selection, target, tree, context, configured } = of;
  const directory = path.join(of.work, fault?.name ?? 'none');
  await writeQueue(of.series, path.join(directory, 'queue'), patch);
  const series = await readSeries({ ...selection.spec, directory: path.join(directory, 'queue') });
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const source = worktree.sources.at(-1);
    if (source === undefined) throw new UserError(`the fault ${fault?.name ?? ''} does not apply`);
    const built = await build({ source, target, toolchain: selection.toolchain, configure: configured }, context);
    if (built.image === undefined) return { kind: 'caught', by: `build: ${built.cause?.summary ?? built.outcome}` };
    const suites = inOrder(of.suites, fault?.suites ?? []);
    return await runSuites(of, built.image, source.kernelVersion, suites, path.join(directory, 'logs'));
  } finally {
    await worktree.close();
  }
}

/** Hunts one fault; without one, the series as it is has to pass. Throws InterruptedError, UserError and HostError. */
export async function hunt(of: Hunt, fault: Fault | undefined, patch: string | undefined): Promise<Fate> {
  const started = performance.now();
  const outcome = await outcomeOf(of, fault, patch);
  return { ...outcome, seconds: (performance.now() - started) / 1000 };
}
