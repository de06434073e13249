import { readFile } from 'node:fs/promises';
import os from 'node:os';
import { canBoot, type Target } from '../model/index.ts';
import { runProcess } from './process.ts';

/** What this machine is called. */
export const hostName = (): string => os.hostname();

/** Node's name of this machine's processor: `x64`, `arm64`. */
export const hostArch: string = process.arch;

/** At most so much slower is a crowded machine taken to be. */
const mostCrowded = 5;

/** Runnable processes for each processor, over the last minute: 1 when none has to wait, 5 at most. */
export function crowding(load = os.loadavg()[0] ?? 0, cpus = os.availableParallelism()): number {
  return Math.min(mostCrowded, Math.max(1, load / cpus));
}

async function firstLine(argv: readonly [string, ...string[]]): Promise<string | undefined> {
  const result = await runProcess({ argv, timeoutMs: 10_000 }).catch(() => undefined);
  return result?.exitCode === 0 ? result.stdout.split('\n')[0] : undefined;
}

/** What a stored run says of the machine that made it: processor, number of CPUs, versions of the tools. */
export async function describeMachine(
  targets: readonly Target[],
): Promise<{ machine: string; cpus: number; versions: Record<string, string> }> {
  const tools = new Map<string, readonly [string, ...string[]]>([
    ['git', ['git', '--version']],
    ['make', ['make', '--version']],
    ...targets.flatMap((target) =>
      [`${target.crossCompile}gcc`, ...(canBoot(target) ? [target.qemu.binary] : [])].map(
        (name): [string, [string, string]] => [name, [name, '--version']],
      ),
    ),
  ]);
  const lines = await Promise.all([...tools].map(async ([name, argv]) => [name, await firstLine(argv)] as const));
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '');
  const system = /^PRETTY_NAME="?([^"\n]*)/m.exec(release)?.[1] ?? os.type();
  return {
    machine: `${os.cpus()[0]?.model ?? os.arch()}, ${Math.round(os.totalmem() / 2 ** 30)} GiB, ${system}, Linux ${os.release()}`,
    cpus: os.availableParallelism(),
    versions: {
      node: process.version,
      ...Object.fromEntries(lines.filter((line): line is readonly [string, string] => line[1] !== undefined)),
    },
  };
}
