import { mkdir, readdir, rmdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BuildLimits } from '../../model/index.ts';
import { readText } from '../files/read.ts';
import { runProcess } from '../process.ts';

const mib = 1024 * 1024;

/** Limits that a process and what it starts have; the number of processes may be somebody else's to keep. */
type ProcessLimits = Pick<BuildLimits, 'memory' | 'file'> & { readonly processes: number | undefined };

/**
 * The words before a command that may not have more than its limits; they hold for everything that it starts. The number
 * of processes counts within the sandbox there; where it does not hold (for root), {@link limitGroup} does.
 */
export function limitWords({ processes, memory, file }: ProcessLimits): string[] {
  const count = processes === undefined ? [] : [`--nproc=${processes}`];
  const words = [...count, `--as=${memory * mib}`, `--fsize=${file * mib}`, '--core=0'];
  return ['prlimit', ...words, '--'];
}

/** A control group for one build. */
export interface LimitGroup {
  /** The argument list that runs a command in it. */
  readonly enter: (argv: readonly string[]) => [string, ...string[]];
  /** What the group has had too much of: the kernel kills one process, and the rest may well end as if nothing was. */
  exceeded(): Promise<string | undefined>;
  remove(): Promise<void>;
}

interface Controller {
  /** Where groups are made; absent where the machine has no such controller, or leaves it to others. */
  readonly parent: string;
  readonly settings: (limits: BuildLimits) => Readonly<Record<string, string>>;
}

const root = '/sys/fs/cgroup';

/** Both generations of control groups; the first setting that can't be written leaves the controller out. */
const controllers: readonly Controller[] = [
  { parent: `${root}/pids`, settings: ({ processes }) => ({ 'pids.max': String(processes) }) },
  { parent: `${root}/memory`, settings: ({ together }) => ({ 'memory.limit_in_bytes': String(together * mib) }) },
  {
    parent: root,
    settings: ({ processes, together }) => ({ 'pids.max': String(processes), 'memory.max': String(together * mib) }),
  },
];

let groups = 0;

/** Makes a control group where this program may (root may); elsewhere nothing is lost but the limit on all together. */
export async function limitGroup(limits: BuildLimits): Promise<LimitGroup> {
  groups += 1;
  const name = `quiltboot-${process.pid}-${groups}`;
  const made: string[] = [];
  for (const { parent, settings } of controllers) {
    const directory = path.join(parent, name);
    if (!(await exists(parent)) || !(await makeGroup(directory, settings(limits)))) continue;
    made.push(directory);
  }
  const script = 'n=$1; shift; while [ $n -gt 0 ]; do echo $$ >"$1/cgroup.procs"; shift; n=$((n-1)); done; exec "$@"';
  return {
    enter: (argv) => ['sh', '-c', script, 'sh', String(made.length), ...made, ...argv],
    async exceeded() {
      const killed = await Promise.all(
        made.flatMap((directory) => counters.map((name) => killedIn(path.join(directory, name)))),
      );
      return killed.some((count) => count > 0) ? `more than ${limits.together} MiB of memory` : undefined;
    },
    async remove() {
      for (const directory of made) await rmdir(directory).catch(() => undefined);
    },
  };
}

/** Where either generation counts the processes that were killed because the group had no more memory. */
const counters = ['memory.events', 'memory.oom_control'];

async function killedIn(file: string): Promise<number> {
  const text = await readText(file).catch(() => undefined);
  return Number(/^oom_kill (\d+)$/m.exec(text ?? '')?.[1] ?? 0);
}

async function exists(directory: string): Promise<boolean> {
  return readdir(directory).then(
    (names) => names.includes('cgroup.procs'),
    () => false,
  );
}

async function makeGroup(directory: string, settings: Readonly<Record<string, string>>): Promise<boolean> {
  try {
    await mkdir(directory);
    for (const [file, value] of Object.entries(settings)) await writeFile(path.join(directory, file), value);
    return true;
  } catch {
    await rmdir(directory).catch(() => undefined);
    return false;
  }
}

/** How often a build is looked at, in milliseconds; its directory is measured less often, for that takes longer. */
const lookMs = 1000;
const measureEvery = 15;

/**
 * Looks at a running build and calls back, once, with what it has too much of. It finds what no limit of a single process
 * tells: all processes, their memory, and the size of what the build may write together.
 *
 * @param pid of the process that everything of the build is below
 * @param directories that the build may write; one that is not there counts as empty
 */
export function watchBuild(
  pid: number,
  directories: readonly string[],
  limits: BuildLimits,
  onExcess: (what: string) => void,
): { stop(): void } {
  let rounds = 0;
  let busy = false;
  const look = async (): Promise<void> => {
    rounds += 1;
    const { count, resident } = await familyOf(pid);
    if (count > limits.processes) {
      onExcess(`more than ${limits.processes} processes`);
      return;
    }
    if (resident > limits.together * mib) {
      onExcess(`more than ${limits.together} MiB of memory`);
      return;
    }
    if (rounds % measureEvery !== 0) return;
    if ((await sizeOf(directories)) > limits.directory * mib)
      onExcess(`more than ${limits.directory} MiB in its directory`);
  };
  const timer = setInterval(() => {
    if (busy) return;
    busy = true;
    look()
      .catch(() => undefined)
      .finally(() => {
        busy = false;
      });
  }, lookMs);
  return { stop: () => clearInterval(timer) };
}

/** Bytes that directories take together; links are not followed, nor other file systems entered. */
async function sizeOf(directories: readonly string[]): Promise<number> {
  const { stdout } = await runProcess({ argv: ['du', '-csxB1', '--', ...directories], timeoutMs: 60_000 });
  const total = stdout.trimEnd().split('\n').at(-1) ?? '';
  return Number.parseInt(total, 10) || 0;
}

/** How many processes stand below one, and the memory that they have (bytes). */
async function familyOf(pid: number): Promise<{ count: number; resident: number }> {
  const children = new Map<number, { readonly pid: number; readonly resident: number }[]>();
  for (const name of await readdir('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = (await readText(`/proc/${name}/stat`).catch(() => undefined)) ?? '';
    // After the name, which may hold anything: state, parent, …, and the pages in memory as the 24th field of all.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const parent = Number(fields[1]);
    const known = children.get(parent);
    const one = { pid: Number(name), resident: Number(fields[21] ?? 0) * 4096 };
    if (known) known.push(one);
    else children.set(parent, [one]);
  }
  let [count, resident] = [0, 0];
  for (let level = children.get(pid) ?? []; level.length > 0; ) {
    count += level.length;
    for (const one of level) resident += one.resident;
    level = level.flatMap((one) => children.get(one.pid) ?? []);
  }
  return { count, resident };
}
