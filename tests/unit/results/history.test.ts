import test from 'ava';
import type { CaseResult } from '../../../harness/model/index.ts';
import { findHistory } from '../../../harness/results/history.ts';
import { built, cell, testedCell } from '../../support/sample-run.ts';

function spans(...outcomes: readonly CaseResult['outcome'][]): unknown {
  const cells = outcomes.map((outcome, point) => testedCell(point, 'x86_64', { one: outcome, other: 'pass' }));
  return findHistory(cells).map(({ name, spans: list }) => [
    name,
    ...list.map(({ from, goodBefore, to, fixedBy }) => [goodBefore, from, to, fixedBy]),
  ]);
}

test('a case that always passes or is skipped has no story', (t) => {
  t.deepEqual(spans('pass', 'skip', 'pass'), []);
});

test('broken by one patch and fixed by another, and broken again', (t) => {
  t.deepEqual(spans('pass', 'pass', 'fail', 'crash', 'pass', 'timeout'), [['one', [1, 2, 3, 4], [4, 5, 5, null]]]);
});

test('what fails at the base was not broken by a patch', (t) => {
  t.deepEqual(spans('fail', 'fail', 'pass'), [['one', [null, 0, 1, 2]]]);
});

test('a case that fails as soon as it can be run has no good point before', (t) => {
  t.deepEqual(spans('skip', 'skip', 'fail'), [['one', [null, 2, 2, null]]]);
});

test('points that say nothing leave a gap, and a fault of the machine is one of them', (t) => {
  const fault = { stage: 'test', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  const found = findHistory([
    testedCell(3, 'x86_64', { one: 'fail' }),
    testedCell(0, 'x86_64', { one: 'pass' }),
    cell({ point: 1, fault }),
    testedCell(2, 'x86_64', { one: 'skip' }),
  ]);
  t.deepEqual(
    found.map((one) => one.spans),
    [[{ from: 3, goodBefore: 0, to: 3, fixedBy: null }]],
  );
});

test('a build that fails is a subject of its own, and says nothing about the cases', (t) => {
  const failed = { ...built, outcome: 'fail', cause: { blame: 'kernel', summary: 'x.c:1: no', excerpt: [] } } as const;
  const found = findHistory([
    testedCell(0, 's390x', { one: 'pass' }),
    cell({ point: 1, target: 's390x', build: failed }),
    testedCell(2, 's390x', { one: 'pass' }),
  ]);
  t.is(found.length, 1);
  t.like(found[0], { stage: 'build', target: 's390x', outcome: 'fail', summary: 'x.c:1: no' });
  t.deepEqual(found[0]?.spans, [{ from: 1, goodBefore: 0, to: 1, fixedBy: 2 }]);
});

test('the base, built beside a failed build of a run without it, tells whether a patch is to blame', (t) => {
  const failed = { ...built, outcome: 'fail', cause: { blame: 'kernel', summary: 'x.c:1: no', excerpt: [] } } as const;
  const from = (baseBuild: 'pass' | 'fail'): unknown =>
    findHistory([cell({ point: 3, target: 'ppc64', build: failed, baseBuild })])[0]?.spans;
  t.deepEqual(from('fail'), [{ from: 0, goodBefore: null, to: 3, fixedBy: null }]);
  t.deepEqual(from('pass'), [{ from: 3, goodBefore: 0, to: 3, fixedBy: null }]);
});
