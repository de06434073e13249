import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import type { CaseOutput } from '../guest/case-output.ts';
import { goodbyeIn } from '../guest/ending.ts';
import { droppedMessages } from '../guest/log/index.ts';
import type { CaseVerdict, Stretch } from '../guest/verdict.ts';
import { defined, type Guest, type GuestFaults, type GuestGone, type Splat } from '../model/index.ts';
import { caseKey } from '../model/suite.ts';
import type { Life } from '../pipeline/guest/life.ts';
import type { SuiteServices } from '../pipeline/suite/services.ts';
import { withOutput } from './output.ts';
import { type Case, SkippedCase } from './registry.ts';
import { describeGrowth, type LeakSearch, searchByRepeating } from './repeat.ts';
import { createTracker, type RefusedCall } from './track.ts';
import { judgeCase, type Observed } from './verdict.ts';

/** What a case's own code may take to end once its guest is closed, in milliseconds. */
const unwindMs = 2000;

/** A case that was run on one guest, and judged. */
export interface Attempt {
  readonly verdict: CaseVerdict;
  readonly splats: readonly Splat[];
  readonly lines: readonly string[];
}

/** What was seen of a case while it ran. */
export interface SeenCase extends Observed {
  readonly stretch: Stretch;
  readonly leaks?: LeakSearch;
  /** Calls that the kernel refused. */
  readonly refused: readonly RefusedCall[];
  /** Of a run in which an allocation was to fail: whether it did; absent where the guest could not be asked any more. */
  readonly fault?: Awaited<ReturnType<GuestFaults['end']>>;
  /** The kernel cannot say what it has leaked. */
  readonly leaksUnknown?: true;
}

/** How a case is run. */
interface AttemptOptions {
  readonly output: CaseOutput;
  /** An allocation of it is to fail: it is armed when the case begins. Neither counters nor repetitions then. */
  readonly faults?: GuestFaults;
}

/** Runs a case on a guest, once. */
export async function attempt(
  t: ExecutionContext,
  each: Case,
  file: string,
  life: Life,
  services: SuiteServices,
  { output, faults }: AttemptOptions,
): Promise<SeenCase> {
  const { context } = services;
  const { guest } = life;
  // Of a guest of its own: its boot. What a shared one did before went to the gap.
  const before = life.take();
  const expected: RegExp[] = [];
  let endExpected = false;
  const tracker = createTracker();
  const timeoutMs = each.timeoutMs * Math.max(context.timeScale, services.guests.slowness ?? 1);
  const patience = new AbortController();
  const runBody = (): ReturnType<typeof t.try> =>
    t.try((inner) =>
      withOutput(output, () =>
        each.body(inner, {
          guest: tracker.track(guest),
          target: context.cell.target,
          point: context.cell.point,
          dialect: each.dialect,
          features: context.features,
          has: (feature) => context.features[feature]?.present ?? false,
          expectSplat: (pattern) => void expected.push(pattern),
          expectEnd: () => {
            endExpected = true;
          },
          skip: (reason) => {
            throw new SkippedCase(reason);
          },
        }),
      ),
    );
  const counters = faults ? undefined : services.guests.counters;
  await counters?.begin(guest);
  const tried = runBody();
  const late = sleep(timeoutMs, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const);
  let outcome = await Promise.race([tried, late]);
  const beyond = outcome === 'late' ? services.patienceBeyond(timeoutMs) : 0;
  if (beyond > 0) outcome = await Promise.race([tried, sleep(beyond, 'late' as const)]);
  const timedOut = outcome === 'late';
  const pending = timedOut ? tracker.pending() : [];
  let examined: GuestGone | undefined;
  let leaks: LeakSearch | undefined;
  let fault: SeenCase['fault'];
  let leaksUnknown = false;
  const label = caseKey(each.suite, each.name);
  if (timedOut) {
    await counters?.end(undefined, label);
    // First, while the guest still is as it hangs.
    if (pending.length > 0) examined = await guest.examine?.('the case did not end');
    else await life.settle();
    // Closing the guest ends every call that the case waits for, and so the case.
    await guest.close();
    outcome = await Promise.race([tried, sleep(unwindMs, 'late' as const)]);
  } else {
    patience.abort();
    // First: what is called from here on is none of the case's.
    fault = await faults?.end().catch(() => undefined);
    await life.settle();
    const lost = services.guests.findLeaks ? await services.guests.findLeaks(guest) : [];
    leaksUnknown = lost === undefined || services.guests.knowsLeaks?.() !== true;
    if (lost) life.add(lost);
    else output.add('leaks were not searched: the kernel has kmemleak, and it gave no answer');
    await counters?.end(guest, label);
    if (!faults && outcome !== 'late' && outcome.passed)
      leaks = await repeatedly(context.leaks, each, guest, runBody, timeoutMs);
  }
  const finished = outcome === 'late' ? undefined : outcome;
  for (const line of finished?.logs ?? []) output.add(line);
  finished?.discard();
  const error: unknown = finished?.errors[0];
  return {
    error,
    isFromGuest: tracker.isFromGuest,
    timedOut,
    timeoutMs,
    pending,
    ...(examined && { examined }),
    before: before.splats,
    splats: [],
    expected,
    endExpected,
    file,
    stretch: life.take(),
    refused: tracker.refused(),
    ...defined({ leaks, fault }),
    ...(leaksUnknown && { leaksUnknown }),
  };
}

/** Looks for leaks where that was asked for and the case has a guest to itself, whose state counts for nobody else. */
async function repeatedly(
  times: number | undefined,
  { isolation }: Case,
  guest: Guest,
  runBody: () => Promise<{ readonly passed: boolean; discard(): void }>,
  timeoutMs: number,
): Promise<LeakSearch | undefined> {
  if (times === undefined) return undefined;
  if (isolation === 'shared') return { unsearched: 'the case shares its guest' };
  return await searchByRepeating(guest, times, async () => {
    const outcome = await Promise.race([runBody(), sleep(timeoutMs, undefined)]);
    outcome?.discard();
    return outcome?.passed === true;
  });
}

/**
 * Decides a case by what was seen of it, and by what its guest still said until it was closed.
 *
 * @param counting which reports count
 */
export async function decide(
  seen: SeenCase,
  rest: Stretch | undefined,
  services: SuiteServices,
  counting: (splats: readonly Splat[]) => readonly Splat[] = (splats) => splats,
): Promise<Attempt> {
  const { stretch } = seen;
  const [before, splats, after] = await Promise.all(
    [seen.before ?? [], stretch.splats, rest?.splats ?? []].map((each) => services.symbolise(counting(each))),
  );
  const lines = [...stretch.lines, ...(rest?.lines ?? [])];
  const all = { before: before ?? [], splats: splats ?? [], after: after ?? [] };
  const verdict = judgeCase({
    ...seen,
    ...all,
    ...defined({ gone: stretch.gone ?? rest?.gone, goodbye: goodbyeIn(lines) }),
    dropped: droppedMessages(lines),
  });
  return { verdict: withLeaks(verdict, seen.leaks), splats: [...all.before, ...all.splats, ...all.after], lines };
}

function withLeaks(verdict: CaseVerdict, leaks: LeakSearch | undefined): CaseVerdict {
  if (verdict.outcome !== 'pass' || leaks === undefined || 'unsearched' in leaks || leaks.growth.length === 0)
    return verdict;
  return { outcome: 'fail', cause: { blame: 'kernel', summary: describeGrowth(leaks.growth), excerpt: [] } };
}
