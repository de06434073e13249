/**
 * Measures a whole run of the container series on a kernel of 2007 against its bare makes and guest times, and a cold
 * boot against bare QEMU. The tree is given as --tree takes it; it is prepared first and not counted.
 *
 *   npx tsx scripts/bench/old-tree.ts --tree linux-2.6.22-rc6=git:PATH#v2.6.22-rc6 [--points 10] [--work DIR]
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv, echo } from 'zx';
import { findTarget, loadProject, type Run } from '../../harness/index.ts';
import { compilerCommand } from '../../harness/make/index.ts';
import { bootFigures } from './boot.ts';
import { type Figure, printFigures } from './figures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const main = path.join(root, 'harness', 'main.ts');
const targets = ['x86_64', 's390x'];
const tree = typeof argv['tree'] === 'string' ? argv['tree'] : undefined;
if (tree === undefined) throw new Error('which tree? --tree linux-2.6.22-rc6=git:PATH#v2.6.22-rc6');
const last = Number(argv['points'] ?? 10);
const kept = typeof argv['work'] === 'string' ? path.resolve(argv['work']) : undefined;
const work = kept ?? (await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-')));
const cache = path.join(work, 'cache');
const out = path.join(work, 'runs');

/** Seconds that a command of the program takes. */
async function quiltboot(...words: string[]): Promise<number> {
  const started = performance.now();
  await $({ cwd: root, quiet: true })`npx tsx ${main} --cache ${cache} -q ${words}`;
  return (performance.now() - started) / 1000;
}

/** The base of the tree, as the program made it, without the series. */
async function checkedOut(run: Run): Promise<string> {
  const directory = path.join(work, 'linux');
  const repository = path.join(cache, 'trees', `${run.tree.key}.git`);
  await rm(directory, { recursive: true, force: true });
  await $`mkdir -p ${directory}`;
  await $({ quiet: true })`git --git-dir ${repository} archive refs/heads/base | tar -x -C ${directory}`;
  return directory;
}

/** Seconds of all bare makes, configuring included. */
async function bareMakes(linux: string): Promise<number> {
  const { toolchains, trees } = await loadProject(root);
  const toolchain = toolchains[trees['linux-2.6.22-rc6']?.toolchain ?? ''];
  if (toolchain === undefined) throw new Error('quiltboot.yaml has no toolchain for linux-2.6.22-rc6');
  const command = (name: string): string => compilerCommand(findTarget(name), toolchain).join(' ');
  const compilers = Object.fromEntries(targets.map((name) => [`CC_${name}`, command(name)] as const));
  const directory = path.join(work, 'plain');
  await rm(directory, { recursive: true, force: true });
  const env = { ...process.env, ...compilers };
  const script = path.join(root, 'scripts', 'bench', 'plain-old.sh');
  const end = await $({ env, quiet: true })`bash ${script} ${directory} ${linux} ${root} ${last} ${targets}`;
  const steps = end.stdout.trim().split('\n');
  return steps.reduce((sum, line) => sum + (line.startsWith('patch ') ? 0 : Number(line.split(' ')[1])), 0);
}

try {
  await quiltboot('fetch', tree);
  // What is as good as free in the second run was not free in the first.
  for (const name of ['store', 'builds', 'worktrees', 'ccache']) {
    await rm(path.join(cache, name), { recursive: true, force: true });
  }
  echo('run …');
  const points = `0..${last}`;
  const words = ['run', 'container', '--tree', tree, '--target', targets.join(','), '--points', points, '--out', out];
  const whole = await quiltboot(...words, '--keep-going');
  const run = JSON.parse(await readFile(path.join(out, 'latest', 'run.json'), 'utf8')) as Run;
  const guests = run.cells.reduce((sum, { stages }) => sum + (stages.boot?.ms ?? 0) + (stages.test?.ms ?? 0), 0) / 1000;
  echo('bare makes …');
  const makes = await bareMakes(await checkedOut(run));
  const figures: Figure[] = [
    {
      name: `run of ${last + 1} points / bare makes and guests`,
      value: whole / (makes + guests),
      limit: 1.3,
      detail: `${whole.toFixed(0)} s / (${makes.toFixed(0)} + ${guests.toFixed(0)} s)`,
    },
    ...(await bootFigures(path.join(cache, 'store'), path.join(cache, 'images'), run)),
  ];
  printFigures(figures, run.host.versions);
} finally {
  if (kept === undefined) await rm(work, { recursive: true, force: true });
}
