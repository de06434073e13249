import test from 'ava';
import {
  asOther,
  doubtEnd,
  doubtImage,
  doubtRevert,
  flip,
  isOtherFailure,
  surerBy,
} from '../../../harness/bisect/index.ts';
import type { Observation, Sign } from '../../../harness/model/index.ts';
import { renderBisect } from '../../../harness/report/index.ts';

function seen(sign: Sign, more: Partial<Observation> = {}): Observation {
  return { sign, summary: `it is ${sign}`, excerpt: [], settled: false, ...more };
}

test('another report of the kernel than that of the bad end is another failure', (t) => {
  const first = [seen('good'), seen('bad', { title: 'BUG: A' }), seen('bad', { title: 'BUG: B' })];
  t.true(isOtherFailure(first, seen('bad', { title: 'BUG: C' })));
  for (const title of ['BUG: A', 'BUG: B']) t.false(isOtherFailure(first, seen('bad', { title })), title);
  t.false(isOtherFailure(first, seen('bad')), 'a hang says nothing of its reason');
  t.false(isOtherFailure(first, seen('good', { title: 'BUG: C' })));
  t.false(isOtherFailure([seen('bad')], seen('bad', { title: 'BUG: C' })), 'nor does that of the bad end');
  t.false(isOtherFailure([], seen('bad', { title: 'BUG: C' })), 'the bad end itself');
  t.like(asOther(first, seen('bad', { title: 'BUG: C' })), {
    sign: 'skip',
    summary: 'another failure than "BUG: A": it is bad',
  });
});

test('a culprit that changes no byte of the kernel can make no difference', (t) => {
  t.is(doubtImage([seen('bad', { image: 'a' })], [seen('good', { image: 'a' })])?.verdict, 'against');
  t.is(doubtImage([seen('bad', { image: 'a' })], [seen('good', { image: 'b' })])?.verdict, 'holds');
  t.is(doubtImage([seen('bad')], [seen('good', { image: 'b' })]), undefined, 'what does not build has none');
  t.is(doubtImage([seen('bad', { image: 'a' })], undefined), undefined);
});

test('the good end and the end without the culprit have to be what they should be', (t) => {
  const point = { key: '0', label: 'point 0' };
  const at = (sign: Sign) => ({ point, sign, observations: [seen(sign)] });
  t.like(doubtEnd(at('good'), 'good'), { verdict: 'holds', text: 'point 0 passes, as expected' });
  t.like(doubtEnd(at('bad'), 'good'), {
    verdict: 'against',
    text: 'point 0 fails, so the failure is intermittent: it is bad',
  });
  t.is(doubtEnd(at('skip'), 'good').verdict, 'unknown');
  t.like(doubtRevert(at('good'), 'good'), { verdict: 'holds', text: 'point 0, with it reverted, passes: it is good' });
  t.is(doubtRevert(at('bad'), 'good').verdict, 'against');
  t.is(doubtRevert(at('bad'), 'bad').verdict, 'holds', 'what fixed it breaks it again when it is reverted');
  t.is(doubtRevert(at('skip'), 'bad').verdict, 'unknown');
});

test('passes with the culprit reverted make a verdict surer, the more the rarer a failure hides', (t) => {
  const sure = { tries: 8, failures: 4, rate: 0.5, probability: 0.8 };
  t.is(surerBy(sure, 0).probability, 0.8);
  // 0.8 against 0.2 times one half, three times.
  t.true(Math.abs(surerBy(sure, 3).probability - 0.8 / 0.825) < 1e-12);
  t.true(surerBy({ ...sure, rate: 0.9 }, 3).probability > surerBy(sure, 3).probability);
  t.is(surerBy({ ...sure, probability: 0 }, 3).probability, 0);
});

test('a search for the first good point has its sides the other way round', (t) => {
  t.deepEqual((['good', 'bad', 'skip'] as const).map(flip), ['bad', 'good', 'skip']);
});

test('a case that came with the culprit never passed, and the report says so', (t) => {
  const point = (key: string) => ({ key, label: `point ${key}` });
  const absent = seen('skip', {
    absent: true,
    summary: 'every such case is skipped: feature tasks comes with patch 2',
  });
  const text = renderBisect({
    format: 1,
    title: 't',
    predicate: 'p',
    outcome: { kind: 'found', culprits: [point('2')] },
    good: { point: point('1'), sign: 'good', observations: [absent] },
    path: [],
    hostFaults: [],
    directory: '/d',
    doubts: [{ kind: 'revert', verdict: 'unknown', text: 'it can’t be reverted on top of point 3: later patches' }],
  });
  t.regex(
    text,
    /point 2 makes the difference\nwhat fails came with it, so it never passed: before, every such case is skipped: feature tasks/,
  );
  t.regex(text, /doubted:\n {2}\? it can’t be reverted on top of point 3: later patches/);
});
