/**
 * Measures a whole run against what a person would type instead. Every figure is a ratio of two things measured in this
 * one call, so a slower machine changes both; only the limits in seconds and MiB are absolute.
 *
 *   npm run bench [-- --only again,boot,run,walk] [--work DIR]
 *   npm run bench -- --against REV      the whole series here beside the same at another commit, and nothing else
 *
 * `run` measures a whole cold run, `walk` the building of all points alone. With --work the directory stays, and with it the cache: then the first run is not a cold one any more.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv, echo } from 'zx';
import type { Run } from '../harness/index.ts';
import { againstFigures } from './bench/against.ts';
import { bootFigures } from './bench/boot.ts';
import { type Figure, median, printFigures } from './bench/figures.ts';

const root = path.resolve(import.meta.dirname, '..');
if (typeof argv['against'] === 'string') {
  printFigures(await againstFigures(root, argv['against']), { node: process.version });
  process.exit();
}
const main = path.join(root, 'dist', 'main.js');
const targets = ['x86_64', 's390x'];
const queue = 'patches/container/6.1';
const only = new Set(typeof argv['only'] === 'string' ? argv['only'].split(',') : ['again', 'boot', 'run', 'walk']);
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
async function quiltboot(words: readonly string[], place = cache): Promise<Measured> {
  const started = performance.now();
  const child = $({ cwd: root, nothrow: true, quiet: true })`node ${main} --cache ${place} -q ${words}`;
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

/** Runs the plain script, with or without its suites; resolves with the seconds of each of its steps, by name. */
async function plain(points: number, suites: boolean): Promise<Map<string, number[]>> {
  const directory = path.join(work, 'plain');
  await rm(directory, { recursive: true, force: true });
  const script = path.join(root, 'scripts', 'bench', 'plain.sh');
  const env = {
    ...process.env,
    QUILTBOOT: `node ${main} --cache ${cache} -q`,
    SUITES: suites ? 'yes' : 'no',
  };
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

const of = (a: number, b: number): string => `${a.toFixed(0)} s / ${b.toFixed(0)} s`;

/** Seconds that the stages of a run's points took on the clock: the targets build side by side, the slower one counts. */
function secondsOfBuilds(run: Run): number {
  const seconds = ({ stages }: Run['cells'][number]): number =>
    ((stages.build?.ms ?? 0) + (stages.configure?.ms ?? 0)) / 1000;
  return sum(run.points.map((point) => Math.max(...run.cells.filter((cell) => cell.point === point).map(seconds))));
}

function walkFigures(walk: Run, steps: ReadonlyMap<string, number[]>): Figure[] {
  const makes = steps.get('make') ?? [];
  const clean = sum(makes.slice(0, targets.length)) * walk.points.length;
  const bare = sum(makes) + sum(steps.get('configure') ?? []);
  const own = secondsOfBuilds(walk);
  return [
    {
      name: 'clean builds / walk over all points',
      value: clean / own,
      limit: 4,
      atLeast: true,
      detail: of(clean, own),
    },
    { name: 'walk over all points / bare makes', value: own / bare, limit: 1.3, detail: of(own, bare) },
  ];
}

const latest = async (runs: string): Promise<Run> =>
  JSON.parse(await readFile(path.join(runs, 'latest', 'run.json'), 'utf8')) as Run;

try {
  await $({ cwd: root, quiet: true })`npm run build`;
  const series = ['container', '--target', targets.join(','), '--keep-going'];
  const words = ['run', ...series, '--out', out];
  const figures: Figure[] = [];
  let run: Run | undefined;
  let first: Measured | undefined;
  if (['again', 'boot', 'run'].some((part) => only.has(part))) {
    echo('first run …');
    first = await quiltboot(words);
    run = await latest(out);
    figures.push({ name: 'memory of the program during a run, MiB', value: first.memory, limit: 250 });
  }
  if (only.has('again')) {
    echo('the same again …');
    const rounds = [await quiltboot(words), await quiltboot(words), await quiltboot(words)];
    figures.push({ name: 'second run, nothing changed, s', value: median(rounds.map((one) => one.seconds)), limit: 3 });
  }
  if (run && only.has('boot'))
    figures.push(...(await bootFigures(path.join(cache, 'store'), path.join(cache, 'images'), run)));
  let walk: Run | undefined;
  if (only.has('walk')) {
    echo('building every point …');
    const place = path.join(work, 'walk');
    await quiltboot(['build', ...series, '--out', path.join(place, 'runs')], path.join(place, 'cache'));
    walk = await latest(path.join(place, 'runs'));
  }
  const measured = run ?? walk;
  if (measured && (only.has('run') || walk)) {
    echo('plain script …');
    const steps = await plain(measured.points.at(-1) ?? 0, only.has('run'));
    const whole = sum([...steps.values()].flat());
    if (first && only.has('run'))
      figures.push({
        name: 'cold run / plain script',
        value: first.seconds / whole,
        limit: 1.1,
        detail: of(first.seconds, whole),
      });
    if (walk) figures.push(...walkFigures(walk, steps));
  }
  printFigures(figures, measured?.host.versions ?? {});
} finally {
  if (kept === undefined) await rm(work, { recursive: true, force: true });
}
