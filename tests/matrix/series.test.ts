/** The whole matrix on the real kernel: every point, every target, debugging options, the tree's own control groups. */
import test from 'ava';
import type { Cell } from '../../harness/model/index.ts';
import { passes, projectPlace } from '../support/series-run.ts';

const both = ['--target', 'x86_64,s390x'];

function passed(cell: Cell): number {
  return cell.cases.filter((one) => one.outcome === 'pass').length;
}

test.serial('every point of the container series passes on x86_64 and s390x', async (t) => {
  const run = await passes(t, await projectPlace(t), 'run', 'container', ...both, '--keep-going');
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
    if (cell.point === 0) t.is(passed(cell), 0, 'no case of the series can pass without the series');
    else t.true(passed(cell) >= 40, `${cell.point} ${cell.target}: ${passed(cell)}`);
  }
  for (const target of run.targets) {
    const counts = run.cells.filter((cell) => cell.target === target).map(passed);
    t.deepEqual(
      counts,
      [...counts].sort((a, b) => a - b),
      `${target}: what passed once passes on`,
    );
  }
});

test.serial('the whole series passes with lockdep and its friends', async (t) => {
  const words = ['run', 'container', ...both, '--points', 'final', '--config', 'debug', '--cpus', '2'];
  for (const cell of (await passes(t, await projectPlace(t), ...words)).cells) t.true(passed(cell) > 100, cell.target);
});

for (const target of ['arm64', 'armhf', 'riscv64', 'ppc64le']) {
  test.serial(`the whole series passes on ${target}`, async (t) => {
    const words = ['run', 'container', '--target', target, '--points', 'final'];
    for (const cell of (await passes(t, await projectPlace(t), ...words)).cells) t.true(passed(cell) > 100);
  });
}
test.serial('the whole series passes in a wide configuration, plain and with KASAN and lockdep', async (t) => {
  for (const config of ['wide', 'wide-debug']) {
    const words = ['run', 'container', ...both, '--points', 'final', '--config', config, '--cpus', '2'];
    for (const { target, cases } of (await passes(t, await projectPlace(t), ...words)).cells) {
      // x86_64 has two memory nodes there, and both have all that a case of another configuration lacks.
      const lacking = cases.filter((one) => one.outcome === 'skip').map((one) => `${one.name}: ${one.reason ?? ''}`);
      t.deepEqual(
        lacking.filter((line) => !/control groups of this kernel|one memory node/.test(line)),
        [],
        target,
      );
      t.true(target !== 'x86_64' || !lacking.some((line) => line.includes('one memory node')));
    }
  }
});

test.serial('four processors, and the cases that need several', async (t) => {
  const words = [
    'run',
    'container',
    ...both,
    '--points',
    'final',
    '--suite',
    'cpuset',
    '--suite',
    'races',
    '--cpus',
    '4',
  ];
  for (const { target, cases } of (await passes(t, await projectPlace(t), ...words)).cells) {
    const skipped = cases.filter((one) => one.outcome === 'skip').map((one) => `${one.name}: ${one.reason ?? ''}`);
    t.deepEqual(skipped, [], target);
  }
});

test.serial('the whole series passes on i386', async (t) => {
  const words = ['run', 'container', '--target', 'i386', '--points', 'final'];
  for (const cell of (await passes(t, await projectPlace(t), ...words)).cells) t.true(passed(cell) > 100);
});

test.serial("the suites hold for the tree's own control groups, but for what their table says", async (t) => {
  for (const [target, cpus] of [
    ['i386', '2'],
    ['x86_64,s390x', '1'],
  ] as const) {
    const words = ['run', 'cgroup1', '--target', target, '--cpus', cpus];
    for (const cell of (await passes(t, await projectPlace(t), ...words)).cells) {
      const skipped = cell.cases.filter((one) => one.outcome === 'skip');
      t.true(cell.cases.length > 150, cell.target);
      t.true(skipped.length < 100, cell.target);
      // What it does differently, or what no kernel of this configuration has.
      const known = /^cgroup1: |is not a part of this series$|^this kernel has no |^the guest has one memory node$/;
      if (cpus !== '1') for (const { name, reason } of skipped) t.regex(reason ?? '', known, name);
    }
  }
});

test.serial('the guests keep their promises on i386', async (t) => {
  const words = ['test', 'cgroup1', '--target', 'i386', '--points', 'final', '--suite', 'tests/suites/guest'];
  const run = await passes(t, await projectPlace(t), ...words);
  t.true(run.cells.every(({ cases }) => cases.length > 0));
});
