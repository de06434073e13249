import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import PQueue from 'p-queue';
import { createLogReader, excerptOf, stripPrefix } from '../../../guest/log/index.ts';
import { judgeSplats } from '../../../guest/verdict.ts';
import { hashValues } from '../../../host/files/hash.ts';
import { mustReadBytes } from '../../../host/files/read.ts';
import { createKtapReader, ktapCases } from '../../../ktap/index.ts';
import {
  type CaseResult,
  defined,
  GuestGone,
  InterruptedError,
  type KunitPlan,
  kunitOff,
  kunitOn,
  type Splat,
  suiteKind,
} from '../../../model/index.ts';
import { bootName, endName } from '../../../model/suite.ts';
import { openGuest } from '../../guest/guest.ts';
import { examineHang } from '../../guest/hang.ts';
import { type Machine, startMachine } from '../../guest/machine.ts';
import { isHostFault } from '../../guest/retry.ts';
import { markLog } from '../../guest/settle.ts';
import { hostBootTarget } from '../../targets.ts';
import { ktapResults } from './ktap-results.ts';
import { finishedRun, isChosen, keepLog, mayBeChosen, named, type OwnContext, runInScratch } from './own.ts';
import type { Runner } from './runner.ts';

/** What all tests of a boot may take, and how long none of them may say a word (milliseconds, on a machine of usual speed). */
const allMs = 600_000;
const silentMs = 60_000;
const lookMs = 250;
const retries = 2;

/** What a boot with tests left behind. */
interface Boot {
  readonly log: Buffer;
  /** Why the guest is gone, where it did not come up. */
  readonly gone?: GuestGone;
  readonly ms: number;
}

/** Gives a machine up whose kernel says nothing any more. */
async function watchSilence(machine: Machine, limitMs: number, signal: AbortSignal): Promise<void> {
  let size = -1;
  let since = performance.now();
  while (!signal.aborted) {
    if (machine.logSize() !== size) {
      size = machine.logSize();
      since = performance.now();
    } else if (performance.now() - since > limitMs) {
      machine.giveUp(await examineHang(machine, undefined, `the kernel printed nothing for ${limitMs / 1000} s`));
      return;
    }
    await sleep(lookMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}

/** Boots the kernel once with the tests that a glob catches. They have run when the agent answers. */
async function bootWith(glob: string, context: OwnContext, logFile: string, signal: AbortSignal): Promise<Boot> {
  const started = performance.now();
  const { kernel, initramfs, target, machine: settings, vouched } = context.guestRequest;
  const usual = settings.commandLine.filter((word) => !kunitOff.some((one) => one === word));
  const machine = await startMachine(
    {
      ...{ target: hostBootTarget(target), kernel, initramfs, vouched, logFile },
      ...settings,
      commandLine: [...usual, kunitOn, `kunit.filter_glob=${glob}`],
    },
    { signal },
  );
  const over = new AbortController();
  void watchSilence(machine, silentMs * context.timeScale, over.signal);
  let gone: GuestGone | undefined;
  try {
    const guest = await openGuest(machine, {
      started,
      awake: false,
      deadlines: { firstOutputMs: silentMs * context.timeScale, bootMs: allMs * context.timeScale },
    });
    await markLog(guest);
  } catch (error) {
    if (!(error instanceof GuestGone)) throw error;
    gone = error;
  } finally {
    over.abort();
    await machine.close();
  }
  return { log: await mustReadBytes(logFile), ...defined({ gone }), ms: Math.round(performance.now() - started) };
}

async function bootRetrying(glob: string, context: OwnContext, logFile: string, signal: AbortSignal): Promise<Boot> {
  for (let tries = 0; ; tries += 1) {
    try {
      const boot = await bootWith(glob, context, logFile, signal);
      if (boot.gone?.ending !== 'host' || tries >= retries) return boot;
    } catch (error) {
      if (error instanceof InterruptedError || !isHostFault(error) || tries >= retries) throw error;
    }
  }
}

/** The tests of a boot, and what the kernel said around them. */
async function resultsOf(boot: Boot, suite: string, log: string, context: OwnContext): Promise<CaseResult[]> {
  const { gone } = boot;
  if (gone?.ending === 'host') {
    return [
      {
        suite,
        name: bootName,
        outcome: 'not-run',
        ms: 0,
        cause: { blame: 'host', summary: gone.message, excerpt: [] },
      },
    ];
  }
  const ktap = createKtapReader();
  const { wrapsLog } = hostBootTarget(context.guestRequest.target);
  const reader = createLogReader({ wrapsLog, onLine: (line) => ktap.push(stripPrefix(line).text) });
  reader.push(boot.log);
  reader.end();
  const placed = reader.placed().filter(({ splat }) => splat.severity !== 'coverage');
  const splats = await named(
    placed.map(({ splat }) => splat),
    context,
  );
  const byLine = new Map(placed.map(({ line, splat }, index) => [line, splats[index] ?? splat]));
  const reports = placed.map(({ line, splat }) => ({ line, title: splat.title }));
  const ending = gone === undefined ? 'whole' : gone.ending === 'hang' ? 'timeout' : 'crash';
  const { cases, outside } = ktapCases(ktap.tree(), { ending, reports });
  const whole = cases.map((one) => {
    const own = (one.reports ?? []).flatMap(({ line }) => byLine.get(line) ?? []);
    const [first] = own;
    const remarks = first
      ? excerptOf(first)
      : one.outcome === 'timeout' && gone
        ? gone.message.split('\n')
        : one.remarks;
    return { ...one, remarks };
  });
  const results = ktapResults(whole, { suite, log, ms: boot.ms });
  const firstTest = cases[0]?.line ?? Number.POSITIVE_INFINITY;
  for (const isBefore of [true, false]) {
    const own = outside
      .filter(({ line }) => line < firstTest === isBefore)
      .flatMap(({ line }) => byLine.get(line) ?? []);
    const result = around(suite, isBefore, own, log);
    if (result) results.push(result);
  }
  return results;
}

function around(suite: string, isBefore: boolean, splats: readonly Splat[], log: string): CaseResult | undefined {
  const verdict = judgeSplats(splats);
  if (!verdict?.cause) return undefined;
  const name = isBefore ? bootName : endName;
  const summary = `${isBefore ? 'before' : 'after'} the tests: ${verdict.cause.summary}`;
  return { suite, name, outcome: verdict.outcome, ms: 0, cause: { ...verdict.cause, summary, log }, splats };
}

function skipped(suite: string, reason: string): CaseResult {
  return { suite, name: 'all tests', outcome: 'skip', ms: 0, reason };
}

/** A kernel of somebody else's, of which nobody knows which suites it has. */
function planFor(word: string, { kunit: plans }: OwnContext): KunitPlan {
  return plans?.[word] ?? { globs: [suiteKind(word)?.what ?? '*'] };
}

/** KUnit suites that are built into the kernel: each boots it once with the filter that catches it. */
export const kunit: Runner = {
  name: 'kunit',
  list: async (word) => Promise.resolve(suiteKind(word)?.kind === 'kunit' ? [word] : []),
  takes: (word) => suiteKind(word)?.kind === 'kunit',
  // The tests are a part of the kernel.
  hash: async (words) => Promise.resolve(hashValues(words, kunitOn)),
  inspect: async () => Promise.resolve(finishedRun([])),
  run: (context, signal, heardOf) =>
    runInScratch(signal, heardOf, async (scratch, tell) => {
      const queue = new PQueue({ concurrency: Math.max(1, context.guests) });
      const failed: unknown[] = [];
      for (const { file, name } of context.suites) {
        if (!mayBeChosen(name, context)) continue;
        const { globs, reason } = planFor(file, context);
        if (reason !== undefined) {
          const result = skipped(name, reason);
          if (isChosen(result, context)) tell(result);
        }
        for (const [index, glob] of globs.entries()) {
          const work = async (): Promise<void> => {
            if (signal.aborted) return;
            const logFile = path.join(scratch, `${hashValues(name, index).slice(0, 16)}.log`);
            const boot = await bootRetrying(glob, context, logFile, signal);
            const kept = globs.length === 1 ? 'console.log' : `console-${index + 1}.log`;
            const log = await keepLog(context, name, kept, boot.log.toString('utf8'));
            for (const result of await resultsOf(boot, name, log, context)) if (isChosen(result, context)) tell(result);
          };
          void queue.add(() => work().catch((error: unknown) => void failed.push(error)));
        }
      }
      await queue.onIdle();
      if (failed.length > 0) throw failed[0];
    }),
};
