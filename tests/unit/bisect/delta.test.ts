import test from 'ava';
import fc from 'fast-check';
import { type DeltaStep, nextSubset, subsetKey } from '../../../harness/bisect/delta.ts';
import type { Sign } from '../../../harness/model/index.ts';

type End = Exclude<DeltaStep, { kind: 'test' }>;

function walk(size: number, truth: (subset: readonly number[]) => Sign): { end: End; tests: number } {
  const signs = new Map<string, Sign>();
  for (;;) {
    const step = nextSubset(size, signs);
    if (step.kind !== 'test') return { end: step, tests: signs.size };
    const key = subsetKey(step.subset);
    if (signs.has(key)) throw new Error(`"${key}" is tested twice`);
    signs.set(key, truth(step.subset));
  }
}

const needs =
  (...wanted: readonly number[]) =>
  (subset: readonly number[]): Sign =>
    wanted.every((index) => subset.includes(index)) ? 'bad' : 'good';

test('one option among many is found by halving', (t) => {
  const { end, tests } = walk(64, needs(41));
  t.like(end, { kind: 'found', difference: [41], unjudged: 0 });
  t.true(tests <= 8, String(tests));
});

test('of two options that fail together, one is the difference when the other stays', (t) => {
  const { end } = walk(16, needs(3, 12));
  t.is(end.kind, 'found');
  if (end.kind !== 'found') return;
  t.is(end.difference.length, 1);
  t.true([3, 12].includes(end.difference[0] ?? -1));
  t.true(needs(3, 12)(end.bad) === 'bad' && needs(3, 12)(end.good) === 'good');
});

test('ends that are not what they should be', (t) => {
  t.deepEqual(walk(5, () => 'good').end, { kind: 'all-good' });
  t.deepEqual(walk(5, () => 'bad').end, { kind: 'all-bad' });
  t.deepEqual(walk(5, () => 'skip').end, { kind: 'unjudged', subset: [0, 1, 2, 3, 4] });
  t.deepEqual(walk(1, (subset) => (subset.length === 0 ? 'skip' : 'bad')).end, { kind: 'unjudged', subset: [] });
});

test('options that are lost without the one they depend on can’t be judged, and the culprit is still found', (t) => {
  // 1, 2 and 5 depend on 0; 7 on 6. The failure needs 5.
  const depends: Readonly<Record<number, number>> = { 1: 0, 2: 0, 5: 0, 7: 6 };
  const { end } = walk(8, (subset) => {
    const lost = subset.some((index) => depends[index] !== undefined && !subset.includes(depends[index]));
    return lost ? 'skip' : needs(5)(subset);
  });
  t.is(end.kind, 'found');
  if (end.kind === 'found') t.true(end.difference.includes(5) && end.difference.length <= 2, end.difference.join(' '));
});

test('the difference is real and no judged part of it can be moved, whatever can’t be judged', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 12 }).chain((size) =>
          fc.record({
            size: fc.constant(size),
            wanted: fc.uniqueArray(fc.integer({ min: 0, max: size - 1 }), { minLength: 1, maxLength: 3 }),
            dependencies: fc.array(fc.tuple(fc.nat(size - 1), fc.nat(size - 1)), { maxLength: 6 }),
          }),
        ),
        ({ size, wanted, dependencies }) => {
          const truth = (subset: readonly number[]): Sign =>
            dependencies.some(([one, on]) => subset.includes(one) && !subset.includes(on))
              ? 'skip'
              : needs(...wanted)(subset);
          const { end } = walk(size, truth);
          if (end.kind !== 'found') return false;
          const moved = end.difference.map((index) => [
            truth([...end.good, index]),
            truth(end.bad.filter((other) => other !== index)),
          ]);
          return (
            truth(end.bad) === 'bad' &&
            truth(end.good) === 'good' &&
            (end.difference.length === 1 || moved.flat().every((sign) => sign === 'skip'))
          );
        },
      ),
    ),
  );
});
