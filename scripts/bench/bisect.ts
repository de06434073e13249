/**
 * What a bisection costs beyond the builds and boots that it needs: a series of 16 patches on linux-6.1, made here, whose
 * 11th makes the kernel panic in an initcall. Everything is from one call: the time of the whole program on the clock
 * against the times of its configure, build and boot stages.
 *
 * Usage: npx tsx scripts/bench/bisect.ts [--cache DIR] [--out DIR]
 *
 * With --out the bisection's directory stays. With --cache the tree, and objects that ccache knows, are taken from there; the bisection itself is always a fresh one.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { $, argv, echo } from 'zx';
import { type BisectResult, cachePaths, fetchTree, loadProject, select } from '../../harness/index.ts';
import { type Figure, printFigures } from './figures.ts';

const root = path.resolve(import.meta.dirname, '..', '..');
const patches = 16;
const culprit = 11;
/** A file that is in every kernel and that little depends on. */
const changed = 'lib/ctype.c';
const work = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-bench-bisect-'));
const out = typeof argv['out'] === 'string' ? path.resolve(argv['out']) : path.join(work, 'bisect');
const cache = typeof argv['cache'] === 'string' ? path.resolve(argv['cache']) : path.join(work, 'cache');

/** The file as linux-6.1 has it. */
async function original(): Promise<string[]> {
  const project = await loadProject(root);
  const { recipe } = select(project, { tree: 'linux-6.1', series: 'none' });
  const tree = await fetchTree(recipe, {
    cache: cachePaths({}, cache),
    emit: () => undefined,
    signal: new AbortController().signal,
    jobs: os.availableParallelism(),
    guests: 1,
    fresh: false,
  });
  const blob = await $({ quiet: true })`git -C ${tree.repository} cat-file blob ${tree.commit}:${changed}`;
  return blob.stdout.replace(/\n$/, '').split('\n');
}

/** Lines that a patch adds: harmless ones change the image all the same, so that no boot answers for another. */
function linesOf(number: number): string[] {
  if (number !== culprit) return [`const char bench_patch_${number}[] = "patch ${number}";`];
  return [
    '#include <linux/init.h>',
    '#include <linux/kernel.h>',
    'static int __init bench_panic(void)',
    '{',
    `\tpanic("patch ${number} is to blame");`,
    '}',
    'late_initcall(bench_panic);',
  ];
}

async function writeSeries(directory: string): Promise<void> {
  const file = await original();
  const names: string[] = [];
  for (let number = 1; number <= patches; number++) {
    const added = linesOf(number);
    const context = file.slice(-3);
    const at = file.length - 2;
    const name = `bench-${String(number).padStart(2, '0')}.patch`;
    const text = [
      'From: Bench <bench@example.org>',
      `Subject: [PATCH ${number}/${patches}] bench: change number ${number}`,
      '',
      '---',
      `diff --git a/${changed} b/${changed}`,
      `--- a/${changed}`,
      `+++ b/${changed}`,
      `@@ -${at},3 +${at},${3 + added.length} @@`,
      ...context.map((line) => ` ${line}`),
      ...added.map((line) => `+${line}`),
      '',
    ];
    await writeFile(path.join(directory, name), text.join('\n'));
    names.push(name);
    file.push(...added);
  }
  await writeFile(path.join(directory, 'series'), `${names.join('\n')}\n`);
}

async function writeProject(): Promise<void> {
  const kconfig = path.join(root, 'kconfig', '6.1');
  await mkdir(path.join(work, 'patches'), { recursive: true });
  await writeSeries(path.join(work, 'patches'));
  await writeFile(
    path.join(work, 'quiltboot.yaml'),
    `version: 1
defaults: {series: bench, tree: linux-6.1, targets: [x86_64]}
trees:
  linux-6.1:
    base: "6.1"
    debian: linux-source-6.1
    fragments: [${kconfig}/base.config]
    targetFragments: {x86_64: [${kconfig}/x86_64.config]}
series:
  bench:
    bases:
      "6.1": {queue: patches}
`,
  );
}

try {
  await $({ cwd: root, quiet: true })`npm run build`;
  await writeProject();
  echo('bisecting …');
  const started = performance.now();
  const main = path.join(root, 'dist', 'main.js');
  const end = await $({
    cwd: work,
    nothrow: true,
    quiet: true,
  })`node ${main} --cache ${cache} bisect --boot --fresh --json --target x86_64 --out ${out}`;
  const whole = (performance.now() - started) / 1000;
  if (end.exitCode !== 1)
    throw new Error(`the bisection ended with ${end.exitCode ?? '?'}\n${end.stderr}${end.stdout}`);
  const result = JSON.parse(end.stdout) as BisectResult;
  const found = result.outcome.kind === 'found' ? result.outcome.culprits[0]?.key : undefined;
  if (found !== String(culprit)) throw new Error(`found ${found ?? result.outcome.kind}, expected ${culprit}`);
  const steps = result.path.map(({ point, sign, observations }) => {
    const { configure = 0, build = 0, boot = 0 } = observations[0]?.took ?? {};
    const needed = (configure + build + boot) / 1000;
    echo(
      `point ${point.key.padStart(2)} ${sign.padEnd(4)} build ${((configure + build) / 1000).toFixed(1)} s, boot ${(boot / 1000).toFixed(1)} s`,
    );
    return needed;
  });
  const needed = steps.reduce((sum, one) => sum + one, 0);
  const figures: Figure[] = [
    { name: 'points that are built and booted', value: steps.length, limit: 5 },
    {
      name: 'whole bisection / its builds and boots',
      value: whole / needed,
      limit: 1.1,
      detail: `${whole.toFixed(1)} s / ${needed.toFixed(1)} s`,
    },
  ];
  printFigures(figures, {});
} finally {
  await rm(work, { recursive: true, force: true });
}
