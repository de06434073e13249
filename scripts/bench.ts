/**
 * Measures a whole run against what a person would type instead. Every figure is a ratio of two things measured in this
 * one call, so a slower machine changes both; only the limits in seconds and MiB are absolute.
 *
 *   npm run bench [-- --only again,boot,run] [--work DIR]
 *
 * With --work the directory stays, and with it the cache: then the first run is not a cold one any more.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv, echo } from 'zx';
import type { Run } from '../harness/index.ts';
import { bootFigures } from './bench/boot.ts';
import { type Figure, median, printFigures } from './bench/figures.ts';

const root = path.resolve(import.meta.dirname, '..');
const main = path.join(root, 'dist', 'main.js');
const targets = ['x86_64', 's390x'];
const queue = 'patches/container/6.1';
const only = new Set(typeof argv['only'] === 'string' ? argv['only'].split(',') : ['again', 'boot', 'run']);
const kept = typeof argv['work'] === 'string' ? path.resolve(argv['work']) : undefined;
const work = kept ?? (await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-')));
const cache = path.join(work, 'cache');
const out = path.join(work, 'runs');

interface Measured {
  readonly seconds: number;
  /** Highest resident size of the program itself, MiB. */
  readonly memory: number;
}

/** Runs the program and watches what the kernel says of its memory. */
async function quiltboot(...words: string[]): Promise<Measured> {
  const started = performance.now();
  const child = $({ cwd: root, nothrow: true, quiet: true })`node ${main} --cache ${cache} -q ${words}`;
  let memory = 0;
  const watch = setInterval(() => {
    void readFile(`/proc/${child.pid ?? 0}/status`, 'utf8').then(
      (status) => (memory = Math.max(memory, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024)),
      () => undefined,
    );
  }, 100);
  const end = await child;
  clearInterval(watch);
  if (end.exitCode !== 0)
    throw new Error(`quiltboot ${words.join(' ')} ended with ${end.exitCode ?? '?'}\n${end.stderr}${end.stdout}`);
  return { seconds: (performance.now() - started) / 1000, memory };
}

/** Runs the plain script; resolves with the seconds of each of its steps, by name. */
async function plain(points: number): Promise<Map<string, number[]>> {
  const directory = path.join(work, 'plain');
  await rm(directory, { recursive: true, force: true });
  const script = path.join(root, 'scripts', 'bench', 'plain.sh');
  const env = { ...process.env, QUILTBOOT: `node ${main} --cache ${cache} -q` };
  const end = await $({
    env,
    quiet: true,
  })`bash ${script} ${directory} ${root} linux-source-6.1 ${queue} ${points} ${targets}`;
  const steps = new Map<string, number[]>();
  for (const line of end.stdout.trim().split('\n')) {
    const [name = '', seconds] = line.split(' ');
    steps.set(name, [...(steps.get(name) ?? []), Number(seconds)]);
  }
  return steps;
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

async function runFigures(cold: Measured, run: Run): Promise<Figure[]> {
  const last = run.points.at(-1) ?? 0;
  const steps = await plain(last);
  const whole = sum([...steps.values()].flat());
  const makes = steps.get('make') ?? [];
  const clean = sum(makes.slice(0, targets.length)) * run.points.length;
  const bare = sum(makes) + sum(steps.get('configure') ?? []);
  // The targets build side by side: what passes on the clock is the slower one of each point.
  const walk = sum(
    run.points.map((point) =>
      Math.max(
        ...run.cells
          .filter((cell) => cell.point === point)
          .map((cell) => ((cell.stages.build?.ms ?? 0) + (cell.stages.configure?.ms ?? 0)) / 1000),
      ),
    ),
  );
  const of = (a: number, b: number): string => `${a.toFixed(0)} s / ${b.toFixed(0)} s`;
  return [
    { name: 'cold run / plain script', value: cold.seconds / whole, limit: 1.1, detail: of(cold.seconds, whole) },
    {
      name: 'clean builds / walk over all points',
      value: clean / walk,
      limit: 4,
      atLeast: true,
      detail: of(clean, walk),
    },
    { name: 'walk over all points / bare makes', value: walk / bare, limit: 1.3, detail: of(walk, bare) },
  ];
}

try {
  await $({ cwd: root, quiet: true })`npm run build`;
  const words = ['run', 'container', '--target', targets.join(','), '--keep-going', '--out', out];
  echo('first run …');
  const first = await quiltboot(...words);
  const run = JSON.parse(await readFile(path.join(out, 'latest', 'run.json'), 'utf8')) as Run;
  const figures: Figure[] = [{ name: 'memory of the program during a run, MiB', value: first.memory, limit: 250 }];
  if (only.has('again')) {
    echo('the same again …');
    const rounds = [await quiltboot(...words), await quiltboot(...words), await quiltboot(...words)];
    figures.push({ name: 'second run, nothing changed, s', value: median(rounds.map((one) => one.seconds)), limit: 3 });
  }
  if (only.has('boot'))
    figures.push(...(await bootFigures(path.join(cache, 'store'), path.join(cache, 'images'), run)));
  if (only.has('run')) {
    echo('plain script …');
    figures.push(...(await runFigures(first, run)));
  }
  printFigures(figures, run.host.versions);
} finally {
  if (kept === undefined) await rm(work, { recursive: true, force: true });
}
