/** Builds a series with one fault at its end and runs its suites until something notices. */
import path from 'node:path';
import {
  type BootTarget,
  build,
  type CaseResult,
  type ConfigureResult,
  type Context,
  InterruptedError,
  type Selection,
  type Series,
  type Source,
} from '../../harness/index.ts';
import { defined } from '../../harness/model/index.ts';
import { caseKey, splitCaseKey } from '../../harness/model/suite.ts';
import { testStage } from '../../harness/pipeline/index.ts';
import type { Fault } from './faults.ts';

/** What became of a fault: what noticed it, nothing, the machine was in the way, or it is no kernel at all. */
export interface Fate {
  readonly kind: 'caught' | 'survived' | 'machine' | 'unbuilt';
  readonly by: string;
  readonly seconds: number;
}

export interface Hunt {
  /** Absolute paths of the series' suites. */
  readonly suites: readonly string[];
  readonly selection: Selection;
  readonly target: BootTarget;
  /** The series without a fault. */
  readonly series: Series;
  /** Of the last point; no fault touches what configures a kernel. */
  readonly configured: ConfigureResult;
  readonly initramfs: string;
  readonly context: Context;
  /** Absolute path of the directory for logs. */
  readonly logs: string;
}

type Outcome = Pick<Fate, 'kind' | 'by'>;

function isNotice({ outcome, cause }: CaseResult): boolean {
  return outcome !== 'pass' && outcome !== 'skip' && cause?.blame !== 'host';
}

/** The suites of the series, those that the fault names first; none but those of its cases. */
function inOrder(suites: readonly string[], { suites: first, cases }: Pick<Fault, 'suites' | 'cases'>): string[] {
  const rank = (file: string): number => {
    const at = first.indexOf(path.parse(file).name);
    return at < 0 ? first.length : at;
  };
  const own = cases && new Set(cases.map((key) => splitCaseKey(key).suite));
  const chosen = suites.filter((file) => !own || own.has(path.parse(file).name));
  return chosen.sort((a, b) => rank(a) - rank(b));
}

function describeNotice({ suite, name, outcome, cause }: CaseResult): string {
  return `${caseKey(suite, name)} (${outcome === 'fail' ? '' : `${outcome}: `}${cause?.summary ?? ''})`;
}

/** Runs the suites until the first that notices something. */
async function runSuites(of: Hunt, kernel: string, kernelVersion: string, fault: Fault | undefined): Promise<Outcome> {
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
        suites: inOrder(of.suites, fault ?? { suites: [] }),
        machine: selection.machine(target),
        logDirectory: path.join(of.logs, fault?.name ?? 'none'),
        ...defined({ only: fault?.cases, dialect: series.dialect }),
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

async function outcomeOf(of: Hunt, source: Source, fault: Fault | undefined): Promise<Outcome> {
  const { selection, target, context, configured } = of;
  const built = await build({ source, target, toolchain: selection.toolchain, configure: configured }, context);
  if (built.image !== undefined) return await runSuites(of, built.image, source.kernelVersion, fault);
  const by = `build: ${built.cause?.summary ?? built.outcome}`;
  return { kind: built.cause?.blame === 'host' ? 'machine' : 'unbuilt', by };
}

/**
 * Hunts one fault; without one, the series as it is has to pass. Throws InterruptedError, UserError and HostError.
 *
 * @param source the point at which the tree has the fault
 */
export async function hunt(of: Hunt, source: Source, fault: Fault | undefined): Promise<Fate> {
  const started = performance.now();
  const outcome = await outcomeOf(of, source, fault);
  return { ...outcome, seconds: (performance.now() - started) / 1000 };
}
