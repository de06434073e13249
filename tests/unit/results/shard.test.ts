import test from 'ava';
import { UserError } from '../../../harness/model/index.ts';
import { chainsOf, mergeRuns, parseShard, pointsOf, shardCells } from '../../../harness/results/index.ts';
import { cell, patchesOf, runOf, testedCell } from '../../support/sample-run.ts';

test('shards are the whole matrix, overlap nowhere and differ by one cell at most', (t) => {
  const points = [0, 1, 2, 3, 4, 5, 6];
  const targets = ['x86_64', 'i386', 's390x'];
  for (let count = 1; count <= 25; count++) {
    const shards = Array.from({ length: count }, (_, at) => shardCells(points, targets, { index: at + 1, count }));
    const cells = shards.map((shard) =>
      [...shard].flatMap(([target, list]) => list.map((point) => `${target} ${point}`)),
    );
    t.is(new Set(cells.flat()).size, 21);
    t.is(cells.flat().length, 21);
    const sizes = cells.map((list) => list.length);
    t.true(Math.max(...sizes) - Math.min(...sizes) <= 1, `${count}: ${sizes.join(' ')}`);
  }
});

test('what --shard takes', (t) => {
  t.deepEqual(parseShard('2/3'), { index: 2, count: 3 });
  for (const bad of ['', '0/3', '4/3', '1', 'a/b', '1/0', '-1/2', '1.5/2'])
    t.throws(() => parseShard(bad), { instanceOf: UserError, message: /expected I\/N/ }, bad);
});

const base = { series: { name: 'x', patches: patchesOf(2) }, points: [0, 1, 2], targets: ['x86_64'] };
const made = { id: 'merged', command: 'quiltboot merge' };

test('parts make a whole, drawn anew: what one broke shows against the point of another', (t) => {
  const parts = [
    runOf([testedCell(0, 'x86_64', { a: 'pass' }), testedCell(1, 'x86_64', { a: 'pass' })], base),
    runOf([testedCell(2, 'x86_64', { a: 'fail' })], { ...base, started: '2026-01-01T00:10:00.000Z', id: 'second' }),
  ];
  const { run, sources } = mergeRuns(parts, made);
  t.like(run, { id: 'merged', verdict: 'fail', started: parts[0]?.started, ms: 600_000 + 61_000 });
  t.deepEqual(run.findings?.[0]?.spans, [{ from: 2, goodBefore: 1, to: 2, fixedBy: null }]);
  t.is(run.shard, undefined);
  t.deepEqual(
    [...sources.values()].map(({ id }) => id),
    ['20260101-000000-x', '20260101-000000-x', 'second'],
  );
});

test('a part that is missing is a fault of the machine, never a pass', (t) => {
  const { run } = mergeRuns([runOf([testedCell(0, 'x86_64', { a: 'pass' })], base)], made);
  t.is(run.verdict, 'infra');
  t.is(run.cells.length, 3);
  t.regex(run.cells[2]?.cause?.summary ?? '', /no run that was merged has point 2 on x86_64/);
});

test('of a part that was run again, the later result counts', (t) => {
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'killed', excerpt: [] } } as const;
  const one = { ...base, points: [0] };
  const late = runOf([testedCell(0, 'x86_64', { a: 'pass' })], { ...one, started: '2026-01-02T00:00:00.000Z' });
  t.is(mergeRuns([late, runOf([cell({ fault })], one)], made).run.verdict, 'pass');
});

test('runs of different things are not merged', (t) => {
  const mine = runOf([cell()], base);
  for (const [other, word] of [
    [{ series: { name: 'y', patches: base.series.patches } }, 'series'],
    [{ series: { name: 'x', patches: patchesOf(1) } }, 'patches'],
    [{ tree: { ...mine.tree, key: 'other' } }, 'tree'],
  ] as const) {
    t.throws(() => mergeRuns([mine, runOf([cell()], { ...base, ...other })], made), {
      instanceOf: UserError,
      message: new RegExp(`their ${word} differ`),
    });
  }
});

test('cells become chains of neighbouring points of the run; what is left out between ends one', (t) => {
  const points = [0, 2, 5, 6];
  t.deepEqual(chainsOf(points, shardCells(points, ['a', 'b'])), [
    { target: 'a', from: 0, to: 6 },
    { target: 'b', from: 0, to: 6 },
  ]);
  t.deepEqual(chainsOf(points, new Map([['a', [0, 5, 6]]])), [
    { target: 'a', from: 0, to: 0 },
    { target: 'a', from: 5, to: 6 },
  ]);
  t.deepEqual(pointsOf({ from: 1, to: 5 }, points), [2, 5]);
});
