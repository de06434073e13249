import test from 'ava';
import { judge, telling } from '../../../harness/bisect/judge.ts';
import { sureness } from '../../../harness/bisect/sureness.ts';
import type { Observation, Sign } from '../../../harness/model/index.ts';

const seen = (sign: Sign, settled = false): Observation => ({ sign, summary: sign, excerpt: [], settled });
const tries = (...signs: readonly Sign[]): Observation[] => signs.map((sign) => seen(sign));

test('one failure is enough, a pass is not', (t) => {
  t.is(judge([], 3, false), undefined);
  t.is(judge(tries('good'), 3, false), undefined);
  t.is(judge(tries('good', 'bad'), 3, false), 'bad');
  t.is(judge(tries('good', 'good', 'good'), 3, false), 'good');
  t.is(judge(tries('bad'), 1, true), 'bad');
});

test('the bad end is tried as often as a good point', (t) => {
  t.is(judge(tries('bad', 'good'), 3, true), undefined);
  t.is(judge(tries('bad', 'good', 'good'), 3, true), 'bad');
});

test('what no guest decides is tried once', (t) => {
  t.is(judge([seen('skip', true)], 5, false), 'skip');
  t.is(judge([seen('good', true)], 5, true), 'good');
});

test('tries that say nothing make a point neither good nor bad', (t) => {
  t.is(judge(tries('skip', 'skip'), 2, false), 'skip');
  t.is(judge(tries('skip', 'good'), 2, false), 'good');
  t.is(judge(tries('skip', 'bad'), 2, false), 'bad');
});

test('the try to show is the one that has the sign', (t) => {
  t.is(telling(tries('good', 'bad'), 'bad')?.sign, 'bad');
  t.is(telling(tries('good'), 'bad')?.sign, 'good');
});

const at = (point: number, ...signs: readonly Sign[]) => ({
  sign: signs.includes('bad') ? ('bad' as const) : ('good' as const),
  observations: tries(...signs),
  contains: (hypothesis: number) => hypothesis <= point,
});

test('a verdict is as sure as the passes below it are unlikely for a bad point', (t) => {
  // The failure shows in (1 + 1) / (2 + 2) of the tries; point 1 passed twice.
  const {
    rate,
    probability,
    tries: count,
    failures,
  } = sureness([at(2, 'bad', 'good'), at(1, 'good', 'good')], [1, 2], [2]);
  t.is(rate, 0.5);
  t.deepEqual([count, failures], [2, 1]);
  // Hypothesis 2 needs nothing unlikely, hypothesis 1 two passes of one half each.
  t.is(probability, 1 / (1 + 0.25));
});

test('a failure that shows each time makes it surer, and more tries as well', (t) => {
  const five = (sign: Sign): Sign[] => Array.from({ length: 5 }, () => sign);
  const often = sureness([at(2, ...five('bad')), at(1, ...five('good'))], [1, 2], [2]);
  const once = sureness([at(2, 'bad'), at(1, 'good')], [1, 2], [2]);
  t.true(often.probability > 0.9999 && once.probability < 0.8);
});

test('one of several is as sure as all of them together', (t) => {
  const tried = [at(3, 'bad', 'bad'), at(1, 'good', 'good')];
  const all = sureness(tried, [1, 2, 3], [1, 2, 3]);
  t.is(all.probability, 1);
  t.is(sureness(tried, [1, 2, 3], [2]).probability, sureness(tried, [1, 2, 3], [3]).probability);
});
