import test from 'ava';
import { type FaultSweep, faultWords, findingWords, noSweep, sweptSeconds } from '../../../harness/model/index.ts';

const sweep = (counts: Partial<FaultSweep['counts']>, more: Partial<FaultSweep> = {}): FaultSweep => ({
  ...noSweep(),
  ...more,
  counts: { ...noSweep().counts, ...counts },
});

test('a sweep is told in one line', (t) => {
  const finding = { nth: 3, end: 'crash', what: 'WARNING', place: 'css_alloc' } as const;
  t.is(
    faultWords(sweep({ refused: 16, crash: 1 }, { findings: [finding] })),
    '17 allocations failed one by one: 16 refused cleanly, 1 crash in css_alloc()',
  );
  t.is(
    faultWords(sweep({ crash: 2, leak: 3, hang: 1, wrong: 2 }, { findings: [finding, { ...finding, place: 'b' }] })),
    '8 allocations failed one by one: 2 crashes in css_alloc(), b(), 3 leaks, 1 hang, 2 wrong results',
  );
  t.is(faultWords(sweep({ refused: 1 })), '1 allocation failed one by one: 1 refused cleanly');
  t.is(faultWords(sweep({})), 'no allocation to fail');
});

test('what did not fail is told, too', (t) => {
  t.is(
    faultWords(sweep({ refused: 5 }, { bound: 5 })),
    'the first 5 allocations failed one by one: 5 refused cleanly; no more than 5 were asked for',
  );
  t.is(faultWords(noSweep('the case shares its guest')), 'allocations were not failed: the case shares its guest');
  t.is(
    faultWords(sweep({ hang: 3 }, { unswept: '3 runs did not end' })),
    '3 allocations failed one by one: 3 hangs; the others did not: 3 runs did not end',
  );
});

test('a finding names the allocation, and who had asked for it', (t) => {
  t.is(
    findingWords({ nth: 7, end: 'leak', what: 'unreferenced object', asked: 'quilt_open' }),
    'allocation 7, asked for in quilt_open(): leak: unreferenced object',
  );
  t.is(
    findingWords({ nth: 1, end: 'wrong', what: 'one pid is missing' }),
    'allocation 1: wrong result: one pid is missing',
  );
});

test('sweeps that run side by side share their seconds', (t) => {
  const at = (began: number, ms: number): Pick<FaultSweep, 'began' | 'ms'> => ({ began, ms });
  t.is(sweptSeconds([at(9000, 1000), at(1000, 2000), at(2000, 3000), at(2500, 100)]), 5);
  t.is(sweptSeconds([]), 0);
});
