import { setTimeout as sleep } from 'node:timers/promises';
import type { ExecutionContext } from 'ava';
import { CaseOutput, shownOutput } from '../guest/case-output.ts';
import { goodbyeIn } from '../guest/ending.ts';
import { droppedMessages } from '../guest/log/index.ts';
import { type CaseVerdict, type Stretch } from '../guest/verdict.ts';
import { type CaseResult, type Cause, defined, type Guest, GuestGone, HostError, type Splat } from '../model/index.ts';
import { caseKey } from '../model/suite.ts';
import type { Life } from '../pipeline/guest/life.ts';
import type { SuiteServices } from '../pipeline/suite/services.ts';
import { withOutput } from './output.ts';
import type { GuestPool } from './pool.ts';
import { type Case, SkippedCase } from './registry.ts';
import { describeGrowth, type LeakSearch, searchByRepeating } from './repeat.ts';
import { createTracker } from './track.ts';
import { judgeCase, type Observed } from './verdict.ts';

/** Further tries after the machine failed a case. */
const retries = 2;
/** What a case's own code may take to end once its guest is closed, in milliseconds. */
const unwindMs = 2000;

interface Attempt {
  readonly verdict: CaseVerdict;
  readonly splats: readonly Splat[];
  readonly lines: readonly string[];
}

/** What was seen of a case while it ran. */
interface Seen extends Observed {
  readonly stretch: Stretch;
  readonly leaks?: LeakSearch;
}

/** Why a case is not run on this kernel: a feature that comes later, or a known difference of the dialect. */
export function reasonToSkip(each: Case, context: SuiteServices['context']): string | undefined {
  for (const need of each.needs) {
    const feature = context.features[need];
    if (feature === undefined) return `feature ${need} is not a part of this series`;
    if (!feature.present) return `feature ${need} comes with patch ${feature.patch}`;
  }
  for (const difference of each.differs) {
    const reason = each.dialect.differences?.[difference];
    if (reason !== undefined) return `${context.dialect === undefined ? '' : `${context.dialect}: `}${reason}`;
  }
  return undefined;
}

async function attempt(
  t: ExecutionContext,
  each: Case,
  file: string,
  life: Life,
  services: SuiteServices,
  output: CaseOutput,
): Promise<Seen> {
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
  await services.guests.counters?.begin(guest);
  const tried = runBody();
  const late = sleep(timeoutMs, 'late' as const, { signal: patience.signal }).catch(() => 'late' as const);
  let outcome = await Promise.race([tried, late]);
  const beyond = outcome === 'late' ? services.patienceBeyond(timeoutMs) : 0;
  if (beyond > 0) outcome = await Promise.race([tried, sleep(beyond, 'late' as const)]);
  const timedOut = outcome === 'late';
  const pending = timedOut ? tracker.pending() : [];
  let examined: GuestGone | undefined;
  let leaks: LeakSearch | undefined;
  const label = caseKey(each.suite, each.name);
  if (timedOut) {
    await services.guests.counters?.end(undefined, label);
    // First, while the guest still is as it hangs.
    if (pending.length > 0) examined = await guest.examine?.('the case did not end');
    else await life.settle();
    // Closing the guest ends every call that the case waits for, and so the case.
    await guest.close();
    outcome = await Promise.race([tried, sleep(unwindMs, 'late' as const)]);
  } else {
    patience.abort();
    await life.settle();
    const lost = services.guests.findLeaks ? await services.guests.findLeaks(guest) : [];
    if (lost) life.add(lost);
    else output.add('leaks were not searched: the kernel has kmemleak, and it gave no answer');
    await services.guests.counters?.end(guest, label);
    if (outcome !== 'late' && outcome.passed) leaks = await repeatedly(context.leaks, each, guest, runBody, timeoutMs);
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
    ...defined({ leaks }),
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

/** Decides a case by what was seen of it, and by what its guest still said until it was closed. */
async function decide(seen: Seen, rest: Stretch | undefined, services: SuiteServices): Promise<Attempt> {
  const { stretch } = seen;
  const [before, splats, after] = await Promise.all(
    [seen.before ?? [], stretch.splats, rest?.splats ?? []].map((each) => services.symbolise(each)),
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

/** No guest: the kernel's fault when a guest that came up says so, else the machine's. */
function notUp(error: unknown, file: string): Attempt {
  const isKernel = error instanceof GuestGone && error.ending !== 'host';
  const fault = isKernel
    ? error
    : new HostError(`there is no guest: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  const seen = { isFromGuest: () => false, timedOut: false, timeoutMs: 0, pending: [], splats: [], expected: [] };
  return { verdict: judgeCase({ error: fault, ...seen, file }), splats: [], lines: [] };
}

/** Runs a case on a guest, again where the machine failed it, and tells the result. */
export async function runCase(
  t: ExecutionContext,
  each: Case,
  file: string,
  services: SuiteServices,
  pool: GuestPool,
): Promise<CaseResult> {
  const { suite, name } = each;
  return pool.withSlot(each, async () => {
    services.record({ type: 'begin', suite, name });
    const started = performance.now();
    let made: Attempt;
    let output: CaseOutput;
    for (let tries = 0; ; tries += 1) {
      const printed = new CaseOutput();
      output = printed;
      try {
        const { value, rest } = await pool.withGuest(each, (life) => attempt(t, each, file, life, services, printed));
        made = await decide(value, rest, services);
        if (value.leaks && 'unsearched' in value.leaks)
          printed.add(`leaks were not searched: ${value.leaks.unsearched}`);
      } catch (error) {
        made = notUp(error, file);
        await services.guests.counters?.end(undefined, caseKey(suite, name));
      }
      if (made.verdict.cause?.blame !== 'host' || tries >= retries) break;
    }
    const ms = Math.round(performance.now() - started);
    const log = made.lines.length === 0 ? undefined : await services.writeLog(suite, name, made.lines);
    const result = resultOf(each, made, { ms, log, output: output.lines() });
    services.record({ type: 'end', result });
    return result;
  });
}

function resultOf(
  { suite, name }: Case,
  { verdict, splats }: Attempt,
  { ms, log, output }: { readonly ms: number; readonly log: string | undefined; readonly output: readonly string[] },
): CaseResult {
  const excerpt = [...(verdict.cause?.excerpt ?? []), ...shownOutput(output)];
  const cause: Cause | undefined = verdict.cause && { ...verdict.cause, excerpt, ...defined({ log }) };
  return {
    suite,
    name,
    outcome: verdict.outcome,
    ms,
    ...defined({ reason: verdict.reason }),
    ...(cause ? { cause } : {}),
    ...(splats.length > 0 ? { splats } : {}),
    ...(output.length > 0 ? { output } : {}),
  };
}
