import path from 'node:path';
import PQueue from 'p-queue';
import { outsideResult, type Where } from '../../../guest/outside.ts';
import type { Stretch } from '../../../guest/verdict.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { writeFileAtomic } from '../../../host/files/write.ts';
import type { CommandResult } from '../../../host/process.ts';
import { type CaseResult, InterruptedError, type Splat } from '../../../model/index.ts';
import { caseKey, type DeclaredCase, isMatched, keysOf, type SuiteContext } from '../../../model/suite.ts';
import { symbolise } from '../../guest/symbolise.ts';
import { hostBootTarget } from '../../targets.ts';
import { type GuestSource, openContextGuests } from '../services.ts';
import type { Listeners, ProcessRun } from './runner.ts';

/** Suites that have no process of their own: this program talks to their guests itself. */
export type OwnContext = Omit<SuiteContext, 'results'>;

const noCommand: CommandResult = {
  argv: ['quiltboot'],
  exitCode: 0,
  endedBy: undefined,
  stdout: '',
  stderr: '',
  timedOut: false,
  ms: 0,
};

/** A run that came to its end; only now it is known which cases there are. */
export function finishedRun(results: readonly CaseResult[]): ProcessRun {
  const declared = results.map(({ suite, name }): [string, DeclaredCase] => [
    caseKey(suite, name),
    { suite, name, needs: [] },
  ]);
  const rest = { loading: undefined, unfinished: [], silent: false, command: noCommand };
  return { results, declared: new Map(declared), open: true, loaded: true, ...rest };
}

/** Whether a run is about a case. */
export function isChosen(one: Pick<DeclaredCase, 'suite' | 'name'>, { only, match }: OwnContext): boolean {
  return (!only || keysOf(one).some((key) => only.includes(key))) && isMatched(one, match);
}

/** Whether a run may be about a case of a suite. */
export function mayBeChosen(suite: string, { only }: OwnContext): boolean {
  return !only || only.some((key) => key.startsWith(caseKey(suite, '')));
}

/** Runs so many commands at once as there may be guests, and tells those of their results that a run is about. */
export async function runSideBySide(
  context: OwnContext,
  signal: AbortSignal,
  told: (result: CaseResult) => void,
  jobs: readonly (() => Promise<readonly CaseResult[]>)[],
): Promise<void> {
  const queue = new PQueue({ concurrency: Math.max(1, context.guests) });
  await queue.addAll(
    jobs.map((job) => async () => {
      if (signal.aborted) return;
      for (const result of await job()) if (isChosen(result, context)) told(result);
    }),
  );
}

/** Names the lines of the call traces in reports. */
export function named(splats: readonly Splat[], { guestRequest }: OwnContext): Promise<readonly Splat[]> {
  return symbolise(splats, guestRequest.kernel, hostBootTarget(guestRequest.target));
}

/** Keeps what a suite left behind in a file; resolves with its path, relative to the log directory. */
export async function keepLog(context: OwnContext, suite: string, name: string, text: string): Promise<string> {
  const file = path.join(suite.replaceAll(/[^\w.-]+/g, '-'), name);
  await writeFileAtomic(path.join(context.logDirectory, file), text);
  return file;
}

/** Gives an action a directory that goes with it, and what takes its results; it ends early where it is told to stop. */
export async function runInScratch(
  signal: AbortSignal,
  heardOf: Listeners,
  action: (scratch: string, tell: (result: CaseResult) => void) => Promise<void>,
): Promise<ProcessRun> {
  return await withScratch({ purpose: 'suites' }, async (scratch) => {
    const results: CaseResult[] = [];
    await action(scratch, (result) => {
      results.push(result);
      heardOf.onResult(result);
    });
    if (signal.aborted) throw new InterruptedError();
    return finishedRun(results);
  });
}

/**
 * Runs suites with guests of their context, and tells what these do outside of all cases: while they boot, and when one is
 * shut down in order.
 */
export async function withContextGuests(
  context: OwnContext,
  signal: AbortSignal,
  heardOf: Listeners,
  action: (guests: GuestSource, tell: (result: CaseResult) => void) => Promise<void>,
): Promise<ProcessRun> {
  return await runInScratch(signal, heardOf, async (scratch, tell) => {
    const guests = await openContextGuests(context, {
      scratch,
      emit: (event) => {
        if (event.type === 'note') heardOf.onNote(event.text);
      },
    });
    const stop = (): void => void guests.close();
    signal.addEventListener('abort', stop, { once: true });
    const outside = async (where: Where, stretch: Omit<Stretch, 'lines'>): Promise<void> => {
      const splats = await named(stretch.splats, context);
      const result = outsideResult(context.suites[0]?.name ?? '', where, { ...stretch, splats });
      if (result) tell(result);
    };
    try {
      await action(guests, tell);
      // Whoever asks for one case wants to know of that one.
      if (context.only !== undefined || context.match !== undefined) return;
      await outside({ when: 'boot' }, { splats: guests.bootSplats ?? [] });
      const end = await guests.shutDown?.();
      if (end) await outside({ when: 'end' }, end);
    } finally {
      signal.removeEventListener('abort', stop);
      await guests.close();
    }
  });
}
