import test from 'ava';
import { exitStatus } from '../../../harness/commands/print.ts';
import type { Blame, CaseResult, Cell } from '../../../harness/model/index.ts';
import { cell, passing, runOf, skipped, testResult } from '../../support/sample-run.ts';

function blamed(blame: Blame): Cell {
  const one: CaseResult = { suite: 's', name: 'c', outcome: 'fail', ms: 1, cause: { blame, summary: '', excerpt: [] } };
  return blame === 'host'
    ? cell({ fault: { stage: 'build', cause: { blame, summary: '', excerpt: [] } } })
    : cell({ test: testResult([one], 'fail') });
}

/** Everything that a cell can come to, and the exit status of a run that has nothing else; the later ones give way. */
const kinds: readonly (readonly [string, number, () => Cell])[] = [
  ['the user', 2, () => blamed('user')],
  ['the kernel', 1, () => blamed('kernel')],
  ['the suite', 1, () => blamed('suite')],
  ['the machine', 69, () => blamed('host')],
  ['left out', 1, () => cell({ notRun: 'not run: point 1 failed' })],
  ['nothing compiled', 1, () => cell({ compiled: { files: [], covered: false, allowed: false } })],
  ['a pass', 0, () => cell({ test: testResult([passing], 'pass') })],
];

for (const [at, [one, status, makeOne]] of kinds.entries()) {
  for (const [other, , makeOther] of kinds.slice(at)) {
    test(`${one} beside ${other}: ${status}`, (t) => {
      for (const cells of [
        [makeOne(), makeOther()],
        [makeOther(), makeOne()],
      ]) {
        t.is(exitStatus(runOf(cells)), status);
      }
    });
  }
}

test('skipped cases alone are no pass; beside one that ran they are', (t) => {
  const all = cell({ test: testResult([skipped], 'skip') });
  t.is(exitStatus(runOf([all])), 1);
  t.is(exitStatus(runOf([all, cell({ test: testResult([passing], 'pass') })])), 0);
});

test('a target on which every case was skipped is no pass, whatever ran on others', (t) => {
  const of = (target: string, one: CaseResult): Cell => ({ ...cell({ test: testResult([one], one.outcome) }), target });
  t.is(exitStatus(runOf([of('x86_64', passing), of('s390x', skipped)])), 1);
  t.is(exitStatus(runOf([of('x86_64', passing), of('s390x', skipped), { ...of('s390x', passing), point: 2 }])), 0);
});

test('a cell that was left out because of another has no blame', (t) => {
  t.is(cell({ notRun: 'not run: point 1 failed' }).blame, null);
  t.is(cell({ apply: { stage: 'apply', point: 2, outcome: 'not-run', ms: 0, reused: false } }).blame, null);
});
