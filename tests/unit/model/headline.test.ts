import test from 'ava';
import { type CaseResult, headlineCase, otherFailures, worstOutcome } from '../../../harness/model/index.ts';

const of = (...outcomes: CaseResult['outcome'][]): CaseResult[] =>
  outcomes.map((outcome, index) => ({ suite: 's', name: String(index), outcome, ms: 0 }));

test('the worst case makes the outcome, skips alone make a skip', (t) => {
  t.is(worstOutcome(of('pass', 'skip')), 'pass');
  t.is(worstOutcome(of('skip')), 'skip');
  t.is(worstOutcome([]), 'skip');
  t.is(worstOutcome(of('not-run', 'fail')), 'fail');
  t.is(worstOutcome(of('pass', 'timeout', 'fail')), 'timeout');
  t.is(worstOutcome(of('fail', 'timeout', 'crash')), 'crash');
});

test('the first one of the worst stands for all, and the others are all that fail beside it', (t) => {
  const cases = of('pass', 'fail', 'not-run', 'crash', 'known', 'crash', 'skip');
  t.is(headlineCase(cases)?.name, '3');
  t.deepEqual(
    otherFailures(cases).map(({ name }) => name),
    ['1', '2', '5'],
  );
  t.is(headlineCase(of('pass', 'known'))?.name, '1');
  t.is(headlineCase(of('pass', 'skip')), undefined);
  t.deepEqual(otherFailures(of('pass', 'known')), []);
});
