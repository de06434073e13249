import { constants } from 'node:os';
import { readText } from '../files/read.ts';
import { signalGroup } from '../process.ts';

interface End {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
}

/** How a process ended; a sandbox tells of a signal that ended the command in it as a shell does: 128 and its number. */
export function howEnded(exitCode: number | undefined, signal: string | undefined): End {
  const [name] = Object.entries(constants.signals).find(([, number]) => exitCode === 128 + number) ?? [];
  return name === undefined ? { exitCode, signal } : { exitCode: undefined, signal: name };
}

/**
 * The processes below one that has one child, which has one child, and so on: below a sandbox the first process of its
 * namespace, and the command in it.
 */
async function belowProcess(pid: number): Promise<number[]> {
  const below: number[] = [];
  for (let at = pid; ; ) {
    const children = await readText(`/proc/${at}/task/${at}/children`).catch(() => undefined);
    at = Number.parseInt(children ?? '', 10);
    if (Number.isNaN(at)) return below;
    below.push(at);
  }
}

/** The process in a sandbox, by that of the sandbox; the process itself where there is none. */
export async function innermost(pid: number): Promise<number> {
  return (await belowProcess(pid)).at(-1) ?? pid;
}

/**
 * Ends a process, with its group. A sandbox is ended by its first process: with that the kernel ends everything in there,
 * and the sandbox itself ends after all of it is gone.
 */
export async function endProcess(pid: number, sandboxed: boolean): Promise<void> {
  const [first, ...more] = sandboxed ? await belowProcess(pid) : [];
  if (first === undefined || more.length === 0 || !killed(first)) signalGroup(pid, 'SIGKILL');
}

function killed(pid: number): boolean {
  try {
    process.kill(pid, 'SIGKILL');
    return true;
  } catch {
    return false;
  }
}
