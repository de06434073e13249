import * as z from 'zod';
import { readJson } from '../../host/files/read.ts';
import { writeJson } from '../../host/files/write.ts';
import { type BuildPlace, ownFile } from '../../host/make/build-directory.ts';
import type { JobSlot } from '../../host/make/jobserver.ts';
import { limitGroup, watchBuild } from '../../host/make/limits.ts';
import { type CommandResult, runProcess } from '../../host/process.ts';
import { buildLimits, type Context, makeDeadlineMs } from '../../model/index.ts';

export interface LimitedMake {
  readonly argv: readonly [string, ...string[]];
  readonly place: BuildPlace;
  /** What is made; a deadline follows earlier makes of the same. */
  readonly goal: string;
  readonly slot: JobSlot;
  readonly logFile: string;
  readonly onLine?: (line: string) => void;
}

/** By goal, in milliseconds: the longest make that ended by itself. */
const durationsShape = z.record(z.string(), z.number().positive());

export interface LimitedResult {
  readonly result: CommandResult;
  /** What it had too much of, when it was ended for that. */
  readonly excess?: string;
}

/**
 * Runs a make within the limits of the context, and ends it with everything that it started when it goes beyond one. The
 * deadline follows the longest make of the same goal in the same directory.
 */
export async function limitedMake(
  { argv, place, goal, slot, logFile, onLine }: LimitedMake,
  { signal, limits = buildLimits }: Context,
): Promise<LimitedResult> {
  const durations = ownFile(place, 'durations.json');
  const known = durationsShape.safeParse(await readJson(durations)).data ?? {};
  const longest = known[goal];
  const timeoutMs = makeDeadlineMs(limits, longest);
  const stop = new AbortController();
  let excess: string | undefined;
  const onExcess = (what: string): void => {
    excess ??= what;
    stop.abort();
  };
  let printed = 0;
  const take = (line: string): void => {
    printed += line.length + 1;
    if (printed > limits.output * 1024 * 1024) onExcess(`more than ${limits.output} MiB of output`);
    else onLine?.(line);
  };
  const group = await limitGroup(limits);
  try {
    const result = await runProcess({
      argv: group.enter(argv),
      logFile,
      signal: AbortSignal.any([signal, stop.signal]),
      timeoutMs,
      descriptors: slot.descriptors,
      onLine: take,
      onStart(pid) {
        const watch = watchBuild(pid, [place.directory, place.temporary], limits, onExcess);
        return () => watch.stop();
      },
    }).catch((error: unknown) => {
      if (excess === undefined || signal.aborted) throw error;
      return ended;
    });
    if (result.timedOut) excess ??= `more than ${Math.round((timeoutMs / 60_000) * 10) / 10} minutes`;
    excess ??= await group.exceeded();
    if (excess !== undefined) return { result, excess };
    if (result.ms > (longest ?? 0)) await writeJson(durations, { ...known, [goal]: result.ms });
    return { result };
  } finally {
    await group.remove();
  }
}

const ended: CommandResult = {
  argv: ['make'],
  exitCode: undefined,
  endedBy: 'SIGKILL',
  stdout: '',
  stderr: '',
  timedOut: false,
  ms: 0,
};
