/**
 * What the hooks of the container series cost: fork, exit and wait, and the move of a task, against the same tree
 * without the series and against the tree's own control groups (version 1). Each kernel runs the same programs in a
 * guest whose clock counts instructions, 16 ns for each, so that neither the machine nor its load has a part in the
 * figures.
 *
 *   npx tsx scripts/bench/hooks.ts [--target x86_64] [--containers 1,100,1000] [--short]
 *
 * Exit status: 0 within the limits, 1 not.
 */
import { spawn } from 'node:child_process';
import os from 'node:os';
import path from 'node:path';
import { argv, echo } from 'zx';
import {
  type BootTarget,
  type Context,
  contentsImage,
  findBootTarget,
  loadProject,
  select,
} from '../../harness/index.ts';
import { buildPoint } from '../../harness/pipeline/index.ts';
import { scriptContext } from '../context.ts';
import { allowOptions, optionList, optionText } from '../options.ts';
import { type Figure, median, printFigures } from './figures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const end = 'bench: end';
const deadlineMs = 600_000;

interface Counts {
  readonly forks: number;
  readonly moves: number;
  readonly reads: number;
  readonly tasks: number;
  readonly releases: number;
}
const whole: Counts = { forks: 2000, moves: 2000, reads: 20, tasks: 5000, releases: 1000 };
const short: Counts = { forks: 200, moves: 200, reads: 5, tasks: 500, releases: 50 };
const repeats = 3;

/** Who brings containers: the file system, where it is mounted, and comparable subsystems of it. */
interface Implementation {
  readonly type: string;
  readonly mountPoint: string;
  readonly subsystems: Readonly<Record<1 | 4, string>>;
}
const implementations = {
  series: {
    type: 'container',
    mountPoint: '/dev/container',
    subsystems: { 1: 'cpuacct', 4: 'cpuset,cpuacct,debug,test0' },
  },
  cgroup1: { type: 'cgroup', mountPoint: '/dev/cgroup', subsystems: { 1: 'cpuacct', 4: 'cpuset,cpuacct,debug,pids' } },
} as const satisfies Record<string, Implementation>;

const times = (count: number, command: string): string[] => Array.from({ length: count }, () => command);

const frame = (lines: readonly string[]): string =>
  ['#!/bin/sh', 'mount -t proc proc /proc', ...lines, `echo "${end}"`, 'while :; do sleep 1000; done', ''].join('\n');

function mounting({ type, mountPoint }: Implementation, options: string): string[] {
  return [
    `mkdir ${mountPoint}`,
    `mount -t ${type} -o ${options} dev ${mountPoint}`,
    // A cpuset takes nobody before it has processors and memory; children of this one get them from here.
    `cpus() { if [ -e ${mountPoint}/cpuset.cpus ]; then for d in "$@"; do echo 0 >$d/cpuset.cpus; echo 0 >$d/cpuset.mems; done; fi; }`,
  ];
}

/** Forks and moves beside a number of containers with a task each. */
function loadScript(one: Implementation, subsystems: 1 | 4, containers: number, counts: Counts): string {
  const at = one.mountPoint;
  return frame([
    ...mounting(one, one.subsystems[subsystems]),
    'mkfifo /ready',
    `mkdir ${at}/x ${at}/y`,
    `i=0; while [ $i -lt ${containers} ]; do mkdir ${at}/f$i; cpus ${at}/f$i; i=$((i+1)); done`,
    `cpus ${at}/x ${at}/y`,
    `load fill ${containers} ${at} >/ready &`,
    'read line </ready',
    `echo 0 >${at}/x/tasks`,
    ...times(repeats, `load forks ${counts.forks}`),
    ...times(repeats, `load moves ${counts.moves} ${at}/x ${at}/y`),
  ]);
}

function listScript(one: Implementation, counts: Counts): string {
  const at = one.mountPoint;
  return frame([
    ...mounting(one, one.subsystems[1]),
    'mkfifo /ready',
    `mkdir ${at}/x`,
    `load threads ${counts.tasks} ${at}/x >/ready &`,
    'read line </ready',
    ...times(repeats, `load reads ${counts.reads} ${at}/x/tasks`),
  ]);
}

function releaseScript(one: Implementation, counts: Counts): string {
  return frame([
    ...mounting(one, `${one.subsystems[1]},release_agent=/bin/unload`),
    ...times(repeats, `load release ${counts.releases} ${one.mountPoint}`),
  ]);
}

/** Runs a script as the first process and resolves with the figures that it prints, the median of each name. */
async function measure(
  target: BootTarget,
  kernel: string,
  script: string,
  context: Context,
): Promise<Map<string, number>> {
  const file = { type: 'file' as const, path: 'bench', data: Buffer.from(script), mode: 0o755 };
  const { initramfs } = await contentsImage({ target, contents: project.guest, extra: [file] }, context);
  const s390 = target.name === 's390x';
  const console = s390 ? ['-device', 'sclpconsole,chardev=c'] : ['-serial', 'chardev:c'];
  const child = spawn(
    target.qemu.binary,
    [
      ...target.qemu.machine,
      ...['-m', '768M', '-smp', target.qemu.smp(1), '-icount', 'shift=4,sleep=off'],
      ...[
        '-nodefaults',
        '-display',
        'none',
        '-no-reboot',
        '-nic',
        'none',
        '-chardev',
        'stdio,id=c,signal=off',
        ...console,
      ],
      ...['-kernel', kernel, '-initrd', initramfs],
      ...['-append', `console=${s390 ? 'ttyS1' : 'ttyS0'} loglevel=4 panic=1 rdinit=/bench`],
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const output = await new Promise<string>((resolve, reject) => {
    let seen = '';
    const give = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
    const stop = (): void => void child.kill('SIGKILL');
    context.signal.addEventListener('abort', stop, { once: true });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(give);
      context.signal.removeEventListener('abort', stop);
      if (seen.includes(end)) resolve(seen);
      else reject(new Error(`the guest did not come to the end of the script:\n${script}\n${seen.slice(-3000)}`));
    });
    child.stdout.on('data', (chunk: Buffer) => {
      seen += chunk.toString('latin1');
      if (seen.includes(end)) child.kill('SIGKILL');
    });
  });
  const found = new Map<string, number[]>();
  for (const [, name = '', value] of output.matchAll(/^(forks|moves|reads|release) (\d+)\r?$/gm)) {
    found.set(name, [...(found.get(name) ?? []), Number(value)]);
  }
  return new Map([...found].map(([name, values]) => [name, median(values)]));
}

function need(figures: ReadonlyMap<string, number>, name: string): number {
  const value = figures.get(name);
  if (value === undefined) throw new Error(`the guest printed no figure "${name}"`);
  return value;
}

const ratio = (name: string, one: number, other: number, limit: number): Figure => ({
  name,
  value: one / other,
  limit,
  detail: `${one} / ${other}`,
});

allowOptions(['target', 'containers', 'short'], 'see the head of scripts/bench/hooks.ts');
const target = findBootTarget(optionText('target') ?? 'x86_64');
const sizes = (optionList('containers') ?? ['1', '100', '1000']).map(Number);
const counts = argv['short'] === true ? short : whole;
const interruption = new AbortController();
process.on('SIGINT', () => interruption.abort());
const jobs = os.availableParallelism();
const context = scriptContext({
  emit(event) {
    if (event.type === 'stage-start') echo(`  ${event.stage} ${event.what}`);
  },
  signal: interruption.signal,
  jobs,
});
const project = await loadProject(root);

async function kernelOf(series: string, points: string): Promise<string> {
  const selection = select(project, { series, targets: [target.name] });
  return (await buildPoint({ project, selection, target, points }, context)).image;
}

const kernels = {
  base: await kernelOf('container', '0'),
  series: await kernelOf('container', 'final'),
  cgroup1: await kernelOf('cgroup1', 'final'),
};
const run = (name: keyof typeof kernels, script: string): Promise<Map<string, number>> =>
  measure(target, kernels[name], script, context);
const names = ['series', 'cgroup1'] as const;

const base = need(await run('base', frame(times(repeats, `load forks ${counts.forks}`))), 'forks');
echo(`without the series: ${base}`);
const figures: Figure[] = [];
for (const subsystems of [1, 4] as const) {
  for (const containers of sizes) {
    const [ours, theirs] = await Promise.all(
      names.map((name) => run(name, loadScript(implementations[name], subsystems, containers, counts))),
    );
    if (ours === undefined || theirs === undefined) throw new Error('two implementations, two results');
    const where = `${subsystems} subsystems, ${containers} containers`;
    const [forks, cgroupForks] = [need(ours, 'forks'), need(theirs, 'forks')];
    figures.push(ratio(`fork+exit+wait, ${where}: series / without`, forks, base, 1.03));
    figures.push(ratio(`fork+exit+wait, ${where}: series / cgroup v1`, forks, cgroupForks, 1));
    figures.push(ratio(`move, ${where}: series / cgroup v1`, need(ours, 'moves'), need(theirs, 'moves'), 1));
    echo(where);
  }
}
const lists = await Promise.all(names.map((name) => run(name, listScript(implementations[name], counts))));
const releases = await Promise.all(names.map((name) => run(name, releaseScript(implementations[name], counts))));
const pair = (results: readonly Map<string, number>[], name: string): [number, number] => {
  const [one, other] = results.map((each) => need(each, name));
  return [one ?? Number.NaN, other ?? Number.NaN];
};
figures.push(ratio(`read of tasks, ${counts.tasks} tasks: series / cgroup v1`, ...pair(lists, 'reads'), 1));
figures.push(ratio(`release of ${counts.releases} containers: series / cgroup v1`, ...pair(releases, 'release'), 1));
printFigures(figures, {});
process.exitCode = figures.every(({ value, limit }) => value <= limit) ? 0 : 1;
