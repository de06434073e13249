import test from 'ava';
import { coverageCase, findAccepted, needlessEntries, patchCoverage } from '../../../harness/coverage/index.ts';
import { type AcceptedLines, type CoveredDiff, countPatches, type Executed } from '../../../harness/model/index.ts';

/** Two patches: the second one moved what the first had added, and added a line in between. */
const diffs: CoveredDiff[] = [
  {
    point: 1,
    files: [
      {
        path: 'kernel/spool.c',
        hunks: [
          {
            from: 1,
            text: ['+\tif (!spool)', '+', '+\t\treturn -ENOMEM;', ' kept', '+\twind(spool);'],
            now: [10, 11, 12, 14],
          },
          { from: 40, text: ['+\tif (!spool)', '+\t\treturn -ENOMEM;', '+gone'], now: [50, 51, 0] },
        ],
      },
    ],
  },
  { point: 2, files: [{ path: 'kernel/spool.c', hunks: [{ from: 8, text: ['+\tunwind(spool);'], now: [20] }] }] },
];

const executed: Executed = {
  by: ['the guest boots', 'winds'],
  unread: [],
  files: [
    {
      path: 'kernel/spool.c',
      lines: [
        { from: 10, to: 10, by: [1] },
        { from: 12, to: 12, by: [] },
        { from: 14, to: 14, by: [1] },
        { from: 20, to: 20, by: [] },
        { from: 50, to: 51, by: [] },
      ],
    },
  ],
};

const entry = (text: string, more: Partial<AcceptedLines> = {}): AcceptedLines => ({
  file: 'kernel/spool.c',
  lines: text.split('\n'),
  why: 'memory is there',
  location: { file: '/x/unexecuted.yaml', line: 3, column: 3 },
  ...more,
});

test('lines are found by what they say, each time that they are there, over empty lines', (t) => {
  const { byFile, lost } = findAccepted([entry('if (!spool)\nreturn -ENOMEM;')], diffs);
  t.deepEqual([...(byFile.get('kernel/spool.c')?.keys() ?? [])], [10, 12, 50, 51]);
  t.deepEqual(lost, []);
});

test('accepted lines count neither as executed nor as missing, and executed ones stay executed', (t) => {
  const places = findAccepted([entry('if (!spool)\nreturn -ENOMEM;')], diffs);
  const patches = patchCoverage(diffs, executed, [], places);
  t.deepEqual(countPatches(patches), { lines: 6, executed: 2, accepted: 3 });
  t.deepEqual(patches[0]?.files[0]?.lines, [
    { from: 10, to: 10, by: [1] },
    { from: 12, to: 12, by: [], accepted: 'memory is there' },
    { from: 14, to: 14, by: [1] },
    { from: 50, to: 51, by: [], accepted: 'memory is there' },
  ]);
  const cell = { by: executed.by, unread: [], patches };
  t.is(coverageCase(cell, 'x86_64', 66)?.outcome, 'pass');
  t.is(
    coverageCase(cell, 'x86_64', 67)?.cause?.summary,
    '66.6 % of the new lines executed on x86_64 (2 of 3), --fail-under 67',
  );
});

test('what no patch adds, what a case executes and what has no code is accepted in vain', (t) => {
  const all = [
    entry('gone'),
    entry('kept'),
    entry('wind(spool);'),
    entry('unwind(spool);'),
    entry('if (!spool)\nreturn -ENOMEM;'),
    entry('if (!spool)\nunwind(spool);', { target: 's390x' }),
    entry('gone', { file: 'kernel/reel.c' }),
  ];
  t.deepEqual(needlessEntries(all, findAccepted(all, diffs), executed), [
    { what: 'unexecuted.yaml:3: kernel/spool.c: gone: no patch adds these lines' },
    { what: 'unexecuted.yaml:3: kernel/spool.c: kept: no patch adds these lines' },
    { what: 'unexecuted.yaml:3: kernel/spool.c: wind(spool);: they are executed' },
    { what: 'unexecuted.yaml:3: kernel/spool.c: if (!spool) …: no patch adds these lines', own: true },
    { what: 'unexecuted.yaml:3: kernel/reel.c: gone: no patch adds these lines' },
  ]);
});

test('a file that was not measured needs its entries', (t) => {
  const all = [entry('unwind(spool);')];
  t.deepEqual(needlessEntries(all, findAccepted(all, diffs), { ...executed, files: [] }), []);
});
