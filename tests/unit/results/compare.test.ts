import test from 'ava';
import type { Cell, Comparison, Run } from '../../../harness/model/index.ts';
import { compareRuns, matchCells } from '../../../harness/results/compare.ts';
import { verdictOnNew } from '../../../harness/results/verdict.ts';
import { built, caseOf, cell, patchesOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

function run(cells: readonly Cell[], patches = patchesOf(3)): Run {
  return runOf(cells, { series: { name: 'x', patches }, points: [0, 1, 2, 3] });
}

function compare(now: Run, before: Run): Comparison {
  return compareRuns(now, before, matchCells(now, before), new Map());
}

function kinds(now: Run, before: Run): unknown {
  return compare(now, before).changes.map(({ kind, name, points }) => [kind, name, points]);
}

test('new, fixed, still failing and lost are told apart, each with its points', (t) => {
  const before = [1, 2].map((point) =>
    testedCell(point, 'x86_64', { a: 'pass', b: 'fail', c: 'fail', d: 'pass', e: 'pass' }, { build: built }),
  );
  const now = [1, 2].map((point) =>
    testedCell(point, 'x86_64', { a: 'crash', b: 'pass', c: 'fail', d: 'skip', e: 'pass', f: 'fail' }),
  );
  t.deepEqual(kinds(run(now), run(before)), [
    ['new', 'a', [1, 2]],
    ['fixed', 'b', [1, 2]],
    ['still', 'c', [1, 2]],
    ['gone', 'd', [1, 2]],
    ['new', 'f', [1, 2]],
  ]);
});

test('a case that went either way on the same image is flaky, not new and not fixed', (t) => {
  const before = testedCell(1, 'x86_64', { a: 'pass', b: 'fail' });
  const now = testedCell(1, 'x86_64', { a: 'fail', b: 'pass' });
  t.deepEqual(kinds(run([now]), run([before])), [
    ['flaky', 'a', [1]],
    ['flaky', 'b', [1]],
  ]);
});

test('a case that passed when it was run again is flaky, with the count', (t) => {
  const again = caseOf('a', 'pass', { tries: { runs: 3, failed: 1 } });
  const now = testedCell(1, 'x86_64', {}, { test: testResult([again], 'pass') });
  const [change] = compare(run([now]), run([testedCell(1, 'x86_64', { a: 'fail' })])).changes;
  t.like(change, { kind: 'flaky', tries: { runs: 3, failed: 1 } });
});

test('a flaky case that counts as failed is new where nothing spoke against it before', (t) => {
  const flaky = (outcome: 'pass' | 'fail'): Cell => {
    const again = caseOf('a', outcome, { tries: { runs: 3, failed: 1 } });
    return testedCell(1, 'x86_64', {}, { test: testResult([again], outcome) });
  };
  const good = testedCell(1, 'x86_64', { a: 'pass' });
  t.deepEqual(kinds(run([flaky('fail')]), run([good])), [['new', 'a', [1]]]);
  t.deepEqual(kinds(run([flaky('fail')]), run([flaky('pass')])), [['flaky', 'a', [1]]]);
  t.deepEqual(kinds(run([flaky('fail')]), run([testedCell(1, 'x86_64', { a: 'fail' })])), [['flaky', 'a', [1]]]);
  t.deepEqual(kinds(run([flaky('pass')]), run([good])), [['flaky', 'a', [1]]]);
});

test('points are matched by their patch, wherever it stands now', (t) => {
  const [a, b, c] = patchesOf(3);
  if (!a || !b || !c) throw new Error('three patches');
  const renamed = { name: 'renamed.patch', subject: c.subject };
  const added = { name: 'z.patch', subject: 'new here' };
  const now = run(
    [1, 2, 3, 4].map((point) => testedCell(point, 'x86_64', { one: 'fail' })),
    [b, added, a, renamed],
  );
  const before = run([1, 2, 3].map((point) => testedCell(point, 'x86_64', { one: 'pass' })));
  const { pairs, unmatched } = matchCells(now, before);
  t.deepEqual(
    pairs.map((pair) => [pair.now.point, pair.before.point]),
    [
      [1, 2],
      [3, 1],
      [4, 3],
    ],
  );
  t.deepEqual(
    unmatched.map(({ point }) => point),
    [2],
  );
});

test('what an added patch breaks is new unless another patch had broken it before', (t) => {
  const [a, b] = patchesOf(2);
  if (!a || !b) throw new Error('two patches');
  const before = run([testedCell(1, 'x86_64', { one: 'pass', two: 'fail' })], [a]);
  const now = [1, 2].map((point) => testedCell(point, 'x86_64', { one: point === 2 ? 'fail' : 'pass', two: 'fail' }));
  t.deepEqual(kinds(run(now, [a, b]), before), [
    ['still', 'two', [1]],
    ['new', 'one', [2]],
  ]);
});

test('where only new failures count, known ones pass, the machine’s faults do not', (t) => {
  const bad = testedCell(1, 'x86_64', { one: 'fail' });
  const good = testedCell(1, 'x86_64', { one: 'pass' }, { build: built });
  const verdict = (now: readonly Cell[], before: Cell): string =>
    verdictOnNew({ ...run(now), comparison: compare(run(now), run([before])) });
  t.is(verdict([bad], bad), 'pass');
  t.is(verdict([bad], good), 'fail');
  t.is(verdict([good], bad), 'pass');
  const lost: Cell = { ...bad, point: 2, outcome: 'not-run', blame: 'host', stages: {}, cases: [] };
  t.is(verdict([bad, lost], bad), 'infra');
  const dead = cell({ point: 2, compiled: { files: [], covered: false, allowed: false } });
  t.is(verdict([bad, dead], bad), 'untested');
  const idle = testedCell(1, 's390x', { one: 'skip' });
  t.is(verdict([bad, idle], bad), 'untested');
  t.is(verdictOnNew(run([bad])), 'fail', 'compared with nothing');
});

test('a build that fails now is new; what it hid is not called lost', (t) => {
  const failed = { ...built, outcome: 'fail', cause: { blame: 'kernel', summary: 'no', excerpt: [] } } as const;
  const now = run([cell({ point: 1, build: failed })]);
  const before = run([testedCell(1, 'x86_64', { one: 'pass' })]);
  t.deepEqual(
    compare(now, before).changes.map(({ kind, stage }) => [kind, stage]),
    [['new', 'build']],
  );
});

test('sizes differ by what is there now more than before', (t) => {
  const sized = (text: number): Cell =>
    testedCell(1, 'x86_64', { one: 'pass' }, { build: { ...built, size: { text, data: 5, bss: 7 } } });
  t.deepEqual(compare(run([sized(120)]), run([sized(100)])).sizes, [
    { point: 1, target: 'x86_64', text: 20, data: 0, bss: 0 },
  ]);
  t.deepEqual(compare(run([sized(100)]), run([sized(100)])).sizes, []);
});
