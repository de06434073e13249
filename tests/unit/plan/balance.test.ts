import test from 'ava';
import fc from 'fast-check';
import { type Costs, cutChains, machinesFor } from '../../../harness/plan/index.ts';

const flat: Costs = { cell: (_, point) => (point === 0 ? 100 : 10), start: () => 100 };
const words = (cuts: ReturnType<typeof cutChains>): string[] =>
  cuts.map(({ target, points, ms }) => `${target} ${points[0]}..${points.at(-1)} ${ms}`);

test('with a machine for each target none is cut', (t) => {
  t.deepEqual(words(cutChains([0, 1, 2, 3], ['a', 'b'], 2, flat)), ['a 0..3 130', 'b 0..3 130']);
});

test('a chain is cut where the whole ends sooner for it, with what its second part has to build first', (t) => {
  const points = Array.from({ length: 41 }, (_, point) => point);
  t.deepEqual(words(cutChains(points, ['a'], 2, flat)), ['a 0..20 300', 'a 21..40 300']);
  t.deepEqual(words(cutChains([0, 1, 2], ['a'], 8, flat)), ['a 0..2 120'], 'nothing is gained: the base costs more');
});

test('every cell is in one chain, in the order of its points, whatever they cost', (t) => {
  const property = fc.property(
    fc.integer({ min: 1, max: 30 }),
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 20 }),
    fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 30 }),
    (count, targetCount, machines, prices) => {
      const points = Array.from({ length: count }, (_, point) => point);
      const targets = Array.from({ length: targetCount }, (_, at) => `t${at}`);
      const costs: Costs = { cell: (_, point) => prices[point % prices.length] ?? 1, start: () => prices[0] ?? 1 };
      const cuts = cutChains(points, targets, machines, costs);
      for (const target of targets) {
        const own = cuts.filter((cut) => cut.target === target).sort((a, b) => (a.points[0] ?? 0) - (b.points[0] ?? 0));
        if (JSON.stringify(own.flatMap((cut) => cut.points)) !== JSON.stringify(points)) return false;
      }
      const placed = machinesFor(cuts, machines);
      return (
        cuts.length <= Math.max(machines, targets.length) &&
        placed.length === cuts.length &&
        placed.every((machine) => machine >= 1 && machine <= machines) &&
        cuts.every((cut, at) => at === 0 || cut.ms <= (cuts[at - 1]?.ms ?? 0))
      );
    },
  );
  fc.assert(property);
  t.pass();
});

test('the longest go first, each to the machine that has the least to do', (t) => {
  const cut = (ms: number) => ({ target: 'a', points: [0], ms });
  t.deepEqual(machinesFor([cut(50), cut(40), cut(30), cut(20)], 2), [1, 2, 2, 1]);
});
