import test from 'ava';
import type { Comparison, Run } from '../../../harness/model/index.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { compareRuns, matchCells } from '../../../harness/results/index.ts';
import { runOf, testedCell } from '../../support/sample-run.ts';

interface Named {
  readonly name: string;
  readonly content?: string;
  readonly subject?: string;
}

function revision(patches: readonly Named[], cases: Readonly<Record<number, 'pass' | 'fail'>> = {}): Run {
  const cells = Object.entries(cases).map(([point, outcome]) =>
    testedCell(Number(point), 'x86_64', { a: outcome }, { patch: patches[Number(point) - 1]?.name ?? null }),
  );
  const series = { name: 'x', patches: patches.map((patch) => ({ subject: patch.name, ...patch })) };
  return runOf(cells, { series, points: [0, ...patches.map((_, index) => index + 1)], targets: ['x86_64'] });
}

function compare(now: Run, before: Run): Comparison {
  return compareRuns(now, before, matchCells(now, before), new Map());
}

const v1 = [
  { name: '0001-a.patch', content: 'A1' },
  { name: '0002-b.patch', content: 'B1' },
  { name: '0003-c.patch', content: 'C1' },
];

test('patches of another revision are found by what they change, then by name, then by subject', (t) => {
  const v2 = [
    { name: '0001-b.patch', content: 'B1' },
    { name: '0002-new.patch', content: 'N1' },
    { name: '0003-c.patch', content: 'C2' },
    { name: '0004-other.patch', content: 'A2', subject: '0001-a.patch' },
  ];
  t.deepEqual(compare(revision(v2), revision(v1)).revision, {
    equal: [{ now: 1, before: 2 }],
    changed: [
      { now: 3, before: 3 },
      { now: 4, before: 1 },
    ],
    added: [2],
    dropped: [],
  });
});

test('a patch that moved has the results of its content beside it, not those of its number', (t) => {
  const swapped = [v1[1], v1[0], v1[2]].flatMap((patch) => patch ?? []);
  const before = revision(v1, { 1: 'fail', 2: 'pass' });
  const now = revision(swapped, { 1: 'pass', 2: 'fail' });
  const { changes } = compare(now, before);
  t.deepEqual(
    changes.map(({ kind, points }) => [kind, points]),
    [['still', [2]]],
  );
});

test('the report counts what changed between the revisions, and is silent where nothing did', (t) => {
  const v2 = [{ name: '0001-a.patch', content: 'A2' }, v1[1], { name: 'd.patch', content: 'D1' }].flatMap(
    (one) => one ?? [],
  );
  const text = (now: Run): string => renderReport({ ...now, comparison: compare(now, revision(v1)) }, 'text');
  t.regex(text(revision(v2)), /^ {2}patches: 1 of 3 changed \(1\), 1 equal, 1 new \(3\); dropped: 0003-c\.patch$/m);
  t.notRegex(text(revision(v1)), /patches:/);
});

test('runs of old, which do not know what their patches change, say nothing of that', (t) => {
  const old = v1.map(({ name }) => ({ name }));
  t.is(compare(revision(v1), revision(old)).revision, undefined);
});
