import test from 'ava';
import {
  type CountsByFile,
  executedLines,
  patchCoverage,
  readGcov,
  refusedByGcov,
  sumCounts,
} from '../../../harness/coverage/index.ts';
import { countPatches, percentage } from '../../../harness/model/index.ts';

const counts = (lines: Readonly<Record<number, number>>, path = 'kernel/spool.c'): CountsByFile =>
  new Map([[path, new Map(Object.entries(lines).map(([line, count]) => [Number(line), count]))]]);

test('a line is executed by a case that counts more of it than one reading of the counters does', (t) => {
  const executed = executedLines({
    idle: [counts({ 3: 9, 4: 2, 5: 0, 6: 0, 9: 0 }), counts({ 3: 9, 4: 4, 5: 0, 6: 0, 9: 0 })],
    boot: 'boot',
    cases: [
      {
        label: 'one',
        before: counts({ 3: 9, 4: 2, 5: 0, 6: 0, 9: 0 }),
        after: counts({ 3: 9, 4: 4, 5: 1, 6: 1, 9: 0 }),
      },
      {
        label: 'two',
        before: counts({ 3: 20, 4: 6, 5: 7, 6: 0, 9: 0 }),
        after: counts({ 3: 20, 4: 9, 5: 8, 6: 1, 9: 0 }),
      },
      { label: 'one', before: counts({ 9: 0 }), after: counts({ 9: 1 }) },
    ],
    unread: ['three', 'three'],
  });
  t.deepEqual(executed, {
    by: ['boot', 'one', 'two'],
    unread: ['three'],
    files: [
      {
        path: 'kernel/spool.c',
        lines: [
          { from: 3, to: 3, by: [0] },
          { from: 4, to: 4, by: [2] },
          { from: 5, to: 6, by: [1, 2] },
          { from: 9, to: 9, by: [1] },
        ],
      },
    ],
  });
});

test('a module that was not loaded before has its lines from nothing', (t) => {
  const executed = executedLines({
    idle: [new Map(), new Map()],
    boot: 'boot',
    cases: [{ label: 'loads', before: counts({ 1: 0, 2: 0 }), after: counts({ 1: 1, 2: 0 }) }],
    unread: [],
  });
  t.deepEqual(executed.files[0]?.lines, [
    { from: 1, to: 1, by: [1] },
    { from: 2, to: 2, by: [] },
  ]);
});

test('new lines of a patch are those with code among them, and files without counters are there with the reason', (t) => {
  const diffs = [
    {
      point: 1,
      files: [
        { path: 'kernel/spool.c', hunks: [{ from: 1, text: [], now: [1, 2, 3, 0, 5, 6] }] },
        { path: 'include/linux/spool.h', hunks: [{ from: 1, text: [], now: [7, 8] }] },
        { path: 'drivers/reel.c', hunks: [{ from: 1, text: [], now: [4] }] },
        { path: 'lib/gone.c', hunks: [{ from: 1, text: [], now: [0] }] },
      ],
    },
    { point: 2, files: [{ path: 'kernel/spool.c', hunks: [{ from: 4, text: [], now: [4] }] }] },
  ];
  const executed = {
    by: ['boot', 'one'],
    unread: [],
    files: [
      {
        path: 'kernel/spool.c',
        lines: [
          { from: 2, to: 4, by: [1] },
          { from: 5, to: 5, by: [] },
        ],
      },
    ],
  };
  const covered = patchCoverage(diffs, executed, [{ path: 'drivers/reel.c', reason: 'CONFIG_REEL is not set' }]);
  t.deepEqual(covered, [
    {
      point: 1,
      files: [
        {
          path: 'kernel/spool.c',
          lines: [
            { from: 2, to: 3, by: [1] },
            { from: 5, to: 5, by: [] },
          ],
          added: 5,
        },
        {
          path: 'include/linux/spool.h',
          lines: [],
          added: 2,
          unknown: 'no object that the series changes has code of it',
        },
        { path: 'drivers/reel.c', lines: [], added: 1, unknown: 'CONFIG_REEL is not set' },
      ],
    },
    { point: 2, files: [{ path: 'kernel/spool.c', lines: [{ from: 4, to: 4, by: [1] }], added: 1 }] },
  ]);
  t.deepEqual(countPatches(covered), { lines: 4, executed: 3, accepted: 0 });
  t.is(percentage({ lines: 4, executed: 3, accepted: 0 }), 75);
  t.is(percentage({ lines: 0, executed: 0, accepted: 0 }), undefined);
});

test('a line with a hole in it is not joined over the hole', (t) => {
  const hunks = [{ from: 1, text: [], now: [1, 3] }];
  const executed = { by: ['boot'], unread: [], files: [{ path: 'a.c', lines: [{ from: 1, to: 4, by: [0] }] }] };
  const [patch] = patchCoverage([{ point: 1, files: [{ path: 'a.c', hunks }] }], executed, []);
  t.deepEqual(patch?.files[0]?.lines, [
    { from: 1, to: 1, by: [0] },
    { from: 3, to: 3, by: [0] },
  ]);
});

test('what gcov says is read as far as it is a report, with paths relative to the tree', (t) => {
  const line = (line_number: unknown, count: unknown): object => ({ line_number, count, branches: [] });
  const report = {
    data_file: '0/ab/x.gcda',
    files: [
      { file: '/linux/kernel/spool.c', lines: [line(3, 4), line(3, 1), line(5, 0), line('6', 1), line(7, -1)] },
      { file: './include/linux/spool.h', lines: [line(9, 2)] },
      { file: '/usr/include/stdio.h', lines: [line(1, 1)] },
      { file: '../kernel/up.c', lines: [line(1, 1)] },
      { file: 7, lines: 'none' },
    ],
  };
  const [found, ...more] = readGcov(`noise\n${JSON.stringify(report)}\n{"data_file": \n{"files": []}\n`, '/linux');
  t.is(more.length, 0);
  t.is(found?.file, '0/ab/x.gcda');
  t.deepEqual(
    [...(found?.counts ?? [])].map(([path, lines]) => [path, [...lines]]),
    [
      [
        'kernel/spool.c',
        [
          [3, 5],
          [5, 0],
        ],
      ],
      ['include/linux/spool.h', [[9, 2]]],
    ],
  );
});

test('counters that do not belong to the notes are refused, those that are missing are not', (t) => {
  const stderr =
    'a/x.gcda:not a gcov data file\nb/x.gcda:cannot open data file, assuming not executed\nc/x.gcda:stamp mismatch with notes file\nd/x.gcda:no functions found\n';
  t.deepEqual(refusedByGcov(stderr, ['a/x.gcda', 'b/x.gcda', 'c/x.gcda', 'd/x.gcda']), ['a/x.gcda', 'c/x.gcda']);
});

test('a header is counted in each object that includes it', (t) => {
  const sum = sumCounts([counts({ 1: 2 }), counts({ 1: 3, 2: 1 }), counts({ 1: 1 }, 'lib/b.c')]);
  t.deepEqual(
    [...(sum.get('kernel/spool.c') ?? [])],
    [
      [1, 5],
      [2, 1],
    ],
  );
  t.deepEqual([...(sum.get('lib/b.c') ?? [])], [[1, 1]]);
});
