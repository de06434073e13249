import {
  defined,
  type FaultEnd,
  type FaultFinding,
  type FaultSweep,
  type FaultsReply,
  isBefore,
  type Splat,
} from '../model/index.ts';
import { blamedFunction } from './log/index.ts';
import type { CaseVerdict } from './verdict.ts';

/** Since when a kernel can be told which allocation of a task is to fail. */
const since = '4.14';
/** What a call says that got no memory. */
const refusals: ReadonlySet<string> = new Set(['ENOMEM', 'ENOSPC', 'EAGAIN', 'ENOBUFS', 'ENFILE', 'EMFILE']);
/** Most findings that are kept of each end. */
const mostKept = 10;

const subjects = [
  ['/proc/self/fail-nth', 'FAULT_INJECTION'],
  ['debugfs', 'DEBUG_FS'],
  ['/sys/kernel/debug/failslab', 'FAILSLAB'],
  ['/sys/kernel/debug/fail_page_alloc', 'FAIL_PAGE_ALLOC'],
] as const;

/** Why a kernel does not let allocations fail, as a clause; undefined where it does. */
export function whyNoFaults({ error, subject }: FaultsReply, kernelVersion: string): string | undefined {
  if (error === 0) return undefined;
  // Nobody knows the version of an image that is an image alone.
  if (/^\d/.test(kernelVersion) && isBefore(kernelVersion, since))
    return `Linux ${kernelVersion} has no fail-nth, which came with ${since}`;
  const [file, option] = subjects[subject - 1] ?? subjects[0];
  return `the kernel has no ${file}: it is compiled without CONFIG_${option}`;
}

/** The part of a call that does not differ from run to run. */
function form(call: string): string {
  return call.replaceAll(/\d+/g, '#');
}

/** Calls that were refused for want of memory in this run and not in the one before, which nothing disturbed. */
export function newRefusals(
  calls: readonly { readonly call: string; readonly errno: string }[],
  before: readonly { readonly call: string; readonly errno: string }[],
): string[] {
  const left = new Map<string, number>();
  const keyOf = ({ call, errno }: { readonly call: string; readonly errno: string }): string =>
    `${form(call)}: ${errno}`;
  for (const one of before) left.set(keyOf(one), (left.get(keyOf(one)) ?? 0) + 1);
  return calls.flatMap((one) => {
    if (!refusals.has(one.errno)) return [];
    const known = left.get(keyOf(one)) ?? 0;
    left.set(keyOf(one), known - 1);
    return known > 0 ? [] : [`${one.call}: ${one.errno}`];
  });
}

/** What the kernel prints because an allocation was made to fail is no fault of its own. */
export function withoutForced(splats: readonly Splat[]): Splat[] {
  return splats.filter(({ family }) => family !== 'allocation');
}

/** What was seen of a case of which one allocation failed. */
export interface FaultTry {
  readonly nth: number;
  readonly verdict: CaseVerdict;
  /** Reports of the kernel that count. */
  readonly splats: readonly Splat[];
  /** See {@link newRefusals}. */
  readonly refused: readonly string[];
  /** See {@link askedBy}. */
  readonly asked?: string;
}

function endOf({ verdict, splats, refused }: FaultTry): FaultEnd {
  if (verdict.outcome === 'crash') return splats[0]?.family === 'leak' ? 'leak' : 'crash';
  // A call of the kernel that does not end hangs, whatever was refused before; a suite that waits does not.
  if (verdict.outcome === 'timeout' && verdict.cause?.blame === 'kernel') return 'hang';
  return verdict.outcome === 'pass' || refused.length > 0 ? 'refused' : 'wrong';
}

/** Judges a case of which one allocation failed; undefined: it was refused cleanly. */
export function judgeFault(one: FaultTry): FaultFinding | undefined {
  const end = endOf(one);
  if (end === 'refused') return undefined;
  const { nth, verdict, splats, asked } = one;
  const what = verdict.cause?.summary ?? verdict.reason ?? verdict.outcome;
  // Reports beside another end were expected.
  const [report] = end === 'crash' || end === 'leak' ? splats : [];
  return { nth, end, what, ...defined({ place: report && blamedFunction(report), asked }) };
}

/** Adds a judged try to a sweep. */
export function withFault(sweep: FaultSweep, found: FaultFinding | undefined): FaultSweep {
  const end = found?.end ?? 'refused';
  const alike = sweep.findings.filter((one) => one.end === end).length;
  return {
    ...sweep,
    counts: { ...sweep.counts, [end]: sweep.counts[end] + 1 },
    findings: found && alike < mostKept ? [...sweep.findings, found] : sweep.findings,
  };
}
