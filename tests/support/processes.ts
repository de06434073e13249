import { readdir, readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Started } from './program.ts';

/** A process, told apart from a later one with the same number by the time of its start. */
export interface ProcessId {
  readonly pid: number;
  readonly parent: number;
  readonly started: string;
  readonly name: string;
}

async function look(pid: string): Promise<ProcessId | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  const match = stat === undefined ? undefined : /^\d+ \((.*)\) (.*)$/s.exec(stat);
  // Fields behind the name, proc(5): state, ppid, … and the start time as the 22nd field of all.
  const fields = match?.[2]?.split(' ') ?? [];
  if (!match || fields[0] === 'Z') return undefined;
  return { pid: Number(pid), parent: Number(fields[1]), started: fields[19] ?? '', name: match[1] ?? '' };
}

/** Every process below one, children of children included. */
export async function descendants(pid: number): Promise<ProcessId[]> {
  const names = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const all = (await Promise.all(names.map(look))).filter((one) => one !== undefined);
  const found: ProcessId[] = [];
  let parents = new Set([pid]);
  while (parents.size > 0) {
    const below = all.filter((one) => parents.has(one.parent));
    found.push(...below);
    parents = new Set(below.map((one) => one.pid));
  }
  return found;
}

/** Those of the processes that still run. */
export async function stillThere(processes: readonly ProcessId[]): Promise<ProcessId[]> {
  const now = await Promise.all(processes.map(({ pid }) => look(String(pid))));
  return processes.filter((one, index) => now[index]?.started === one.started);
}

/** A random whole number of milliseconds. */
export const between = (from: number, to: number): number => Math.round(from + Math.random() * (to - from));

/** Kills the program after a while; resolves with the processes below it that outlive it for long. */
export async function killAfter(started: Started, ms: number): Promise<ProcessId[]> {
  await sleep(ms);
  const below = await descendants(started.pid ?? 0);
  started.kill('SIGKILL');
  await started.ended;
  for (let tries = 0; tries < 100 && (await stillThere(below)).length > 0; tries += 1) await sleep(100);
  return await stillThere(below);
}
