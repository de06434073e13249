import test from 'ava';
import { type CaseResult, rateInterval } from '../../../harness/model/index.ts';
import { toleratedRate } from '../../../harness/project/index.ts';
import { decideFlaky } from '../../../harness/results/index.ts';

const bad: CaseResult = {
  suite: 's',
  name: 'c',
  outcome: 'fail',
  ms: 1,
  cause: { blame: 'kernel', summary: 'no', excerpt: [] },
};
const good: CaseResult = { suite: 's', name: 'c', outcome: 'pass', ms: 1 };

test('the project decides whether a flaky case passes: never, always, or below a rate', (t) => {
  const outcome = (tolerated: number | undefined, ...again: CaseResult[]): string =>
    decideFlaky(bad, again, tolerated).outcome;
  t.is(outcome(undefined, good, good), 'pass');
  t.is(outcome(toleratedRate('warn'), bad, good), 'pass');
  t.is(outcome(toleratedRate('fail'), good, good, good), 'fail');
  t.is(outcome(toleratedRate('50%'), good), 'pass');
  t.is(outcome(toleratedRate('49%'), good), 'fail');
  t.is(outcome(toleratedRate('warn'), { ...bad, outcome: 'crash' }, good), 'crash', 'what the kernel said stays said');
});

test('of a case that fails by its rate, the counts and the reason are told', (t) => {
  t.like(decideFlaky(bad, [good, good], 0), { tries: { runs: 3, failed: 1 }, cause: { summary: 'no' } });
});

test('rules that nobody knows are none', (t) => {
  for (const rule of [undefined, '', 'never', '100%', '-1%', '5']) t.is(toleratedRate(rule), undefined);
});

test('the interval of a rate is that of Wilson', (t) => {
  const near = (value: number, wanted: number): void => {
    t.true(Math.abs(value - wanted) < 0.001, String(value));
  };
  const [low, high] = rateInterval({ runs: 5, failed: 4 });
  near(low, 0.3755);
  near(high, 0.9638);
  t.deepEqual(rateInterval({ runs: 3, failed: 0 })[0], 0);
});
