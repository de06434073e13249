/**
 * The main job on the real kernel. It uses the user's own cache, as `npm start` does: what one of them has fetched and
 * built, the other need not.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { withTree } from '../support/given-trees.ts';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { descendants, stillThere } from '../support/processes.ts';
import { emptyPlace, type Place, placeIn, root } from '../support/program.ts';

/** The project's own directory, with the runs stored elsewhere. */
async function projectPlace(t: ExecutionContext): Promise<{ readonly place: Place; readonly out: string }> {
  const { directory } = await emptyPlace(t);
  return { place: placeIn(root, { NO_COLOR: '1' }), out: path.join(directory, 'runs') };
}

async function latest(out: string): Promise<Run> {
  return JSON.parse(await readFile(path.join(out, 'latest', 'run.json'), 'utf8')) as Run;
}

/** Runs the program and shows its report; it has to pass. */
async function passes(t: ExecutionContext, place: Place, ...words: string[]): Promise<void> {
  const { code, out, err } = await place.run(...words);
  t.log(out);
  t.is(code, 0, err.slice(-4000));
}

test.serial('every point of the container series passes on x86_64 and s390x', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  await passes(t, place, 'run', 'container', '--target', 'x86_64,s390x', '--keep-going', '--out', out);
  const run = await latest(out);
  const patches = run.series.patches.length;
  t.is(run.verdict, 'pass');
  t.deepEqual(
    run.points,
    Array.from({ length: patches + 1 }, (_, point) => point),
  );
  t.is(run.cells.length, 2 * (patches + 1));
  for (const cell of run.cells) {
    t.is(cell.stage, 'test', `${cell.point} ${cell.target}`);
    t.true(cell.cases.length > 100);
    const passed = cell.cases.filter((one) => one.outcome === 'pass').length;
    if (cell.point === 0) t.is(passed, 0, 'no case of the series can pass without the series');
    else t.true(passed >= 40, `${cell.point} ${cell.target}: ${passed}`);
  }
  const growing = (target: string): number[] =>
    run.cells
      .filter((cell) => cell.target === target)
      .map((cell) => cell.cases.filter((one) => one.outcome === 'pass').length);
  for (const target of run.targets) {
    const counts = growing(target);
    t.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
      `${target}: what passed once passes on`,
    );
  }
});

test.serial('the same run again takes everything from the store', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  const { code } = await place.run('run', 'container', '--target', 'x86_64,s390x', '--keep-going', '--out', out);
  t.is(code, 0);
  t.true((await latest(out)).cells.every((cell) => cell.reused));
});

withTree('linux-6.1', 'the container series passes on i386', async (t, tree) => {
  const { place, out } = await projectPlace(t);
  const words = ['--tree', tree, '--target', 'i386', '--points', 'final'];
  await passes(t, place, 'run', 'container', ...words, '--out', out);
});

test.serial('four processors, and the cases that need several', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  const suites = ['--suite', 'cpuset', '--suite', 'races', '--points', 'final', '--target', 'x86_64,s390x'];
  await passes(t, place, 'run', 'container', ...suites, '--cpus', '4', '--out', out);
  for (const { target, cases } of (await latest(out)).cells) {
    const skipped = cases.filter((one) => one.outcome === 'skip').map((one) => `${one.name}: ${one.reason ?? ''}`);
    t.deepEqual(skipped, [], target);
  }
});

test.serial("the suites hold for the tree's own control groups, but for what their table says", async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  // One kernel of i386 has to do each time: this one, which the guests' suites below use as well.
  await passes(t, place, 'run', 'cgroup1', '--target', 'i386', '--cpus', '2', '--out', out);
  const [cell] = (await latest(out)).cells;
  const skipped = cell?.cases.filter((one) => one.outcome === 'skip') ?? [];
  t.true((cell?.cases.length ?? 0) > 150);
  t.true(skipped.length < 60);
  for (const { name, reason } of skipped) t.regex(reason ?? '', /^cgroup1: /, name);
});

test.serial('the guests keep their promises on every kernel', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  const suites = ['--suite', 'tests/suites/guest', '--points', 'final', '--out', out];
  await passes(t, place, 'test', 'container', ...suites, '--target', 'x86_64,s390x');
  await passes(t, place, 'test', 'cgroup1', ...suites, '--target', 'i386');
});

test.serial('Ctrl-C ends a run in order, and nothing of it is left', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { place, out } = await projectPlace(t);
  const run = place.start('run', 'container', '--target', 'x86_64', '--points', 'final', '--fresh', '--out', out);
  // It configures, builds or boots by then; each of them has to give way. Between two of its processes it has none.
  await new Promise((resolve) => setTimeout(resolve, 6000));
  let own = await descendants(run.pid ?? 0);
  for (let tries = 0; own.length === 0 && tries < 600; tries += 1) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    own = await descendants(run.pid ?? 0);
  }
  t.true(own.length > 0, 'the run has processes of its own by now');
  const asked = performance.now();
  run.kill('SIGINT');
  const { code, err } = await run.ended;
  t.log(`stopped after ${Math.round(performance.now() - asked)} ms`);
  t.is(code, 130, err);
  t.regex(err, /run the same command again/);
  t.deepEqual(await stillThere(own), []);
});
