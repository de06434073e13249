import test from 'ava';
import fc from 'fast-check';
import { chain, type Graph, withAncestors } from '../../../harness/bisect/graph.ts';
import { nextStep, type Step, stepsFor } from '../../../harness/bisect/search.ts';
import type { Sign } from '../../../harness/model/index.ts';

interface Walk {
  readonly end: Step;
  readonly tested: readonly number[];
}

/** Follows the search to its verdict; no point may be asked for twice. */
function walk(graph: Graph, truth: (point: number) => Sign): Walk {
  const signs = new Map<number, Sign>();
  for (;;) {
    const step = nextStep(graph, signs);
    if (step.kind !== 'test') return { end: step, tested: [...signs.keys()] };
    if (signs.has(step.point)) throw new Error(`point ${step.point} is tested twice`);
    signs.set(step.point, truth(step.point));
  }
}

const from =
  (first: number, skipped: readonly number[] = []) =>
  (point: number): Sign =>
    skipped.includes(point) ? 'skip' : point >= first ? 'bad' : 'good';

test('a series of 16 patches whose 11th is to blame takes five points, in this order', (t) => {
  const { end, tested } = walk(chain(17), from(11));
  t.deepEqual(end, { kind: 'found', culprit: 11 });
  t.deepEqual(tested, [16, 8, 12, 10, 11]);
});

test('every culprit of every short series is found, without more tests than halving takes', (t) => {
  for (let length = 2; length <= 40; length++) {
    for (let culprit = 1; culprit < length; culprit++) {
      const { end, tested } = walk(chain(length), from(culprit));
      t.deepEqual(end, { kind: 'found', culprit });
      // The bad end, and the good one where nothing else vouches for it.
      const ends = culprit === 1 ? 2 : 1;
      t.true(tested.length <= Math.ceil(Math.log2(length - 1)) + ends, `${length} ${culprit}: ${tested.join(' ')}`);
      t.is(tested.includes(0), culprit === 1);
    }
  }
});

test('an end that is not what it should be is a verdict of its own', (t) => {
  t.deepEqual(
    walk(chain(9), () => 'good'),
    { end: { kind: 'all-good' }, tested: [8] },
  );
  t.deepEqual(walk(chain(9), () => 'bad').end, { kind: 'all-bad' });
  t.deepEqual(
    walk(chain(9), () => 'skip'),
    { end: { kind: 'unjudged', point: 8 }, tested: [8] },
  );
  t.deepEqual(walk(chain(9), (point) => (point === 0 ? 'skip' : 'bad')).end, { kind: 'unjudged', point: 0 });
});

test('behind a point that can’t be judged a neighbour is next, then one further away', (t) => {
  const { end, tested } = walk(chain(17), from(16, [7, 8, 9]));
  t.deepEqual(tested.slice(0, 4), [16, 8, 7, 6]);
  t.deepEqual(end, { kind: 'found', culprit: 16 });
});

test('a culprit among points that can’t be judged is one of them', (t) => {
  const middle = walk(chain(11), from(6, [4, 5]));
  t.deepEqual(middle.end, { kind: 'one-of', suspects: [4, 5, 6] });
  t.false(middle.tested.includes(0), 'point 3 vouches for what they come from');
  t.deepEqual(walk(chain(4), from(3, [1, 2])).end, { kind: 'one-of', suspects: [1, 2, 3] });
});

test('with any points that can’t be judged, the culprit is found or among neighbours of the skipped', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 60 }).chain((length) =>
          fc.record({
            length: fc.constant(length),
            culprit: fc.integer({ min: 1, max: length - 1 }),
            skipped: fc.uniqueArray(fc.integer({ min: 1, max: Math.max(1, length - 2) }), { maxLength: 12 }),
          }),
        ),
        ({ length, culprit, skipped }) => {
          const skip = skipped.filter((point) => point !== length - 1);
          const { end } = walk(chain(length), from(culprit, skip));
          if (end.kind === 'found') return end.culprit === culprit && !skip.includes(culprit);
          if (end.kind !== 'one-of') return false;
          const [last = 0] = end.suspects.slice(-1);
          const others = end.suspects.slice(0, -1);
          return (
            end.suspects.includes(culprit) && !skip.includes(last) && others.every((point) => skip.includes(point))
          );
        },
      ),
    ),
  );
});

/** A history with merges: each point comes from one to three earlier ones; the last has everything in it. */
const history = fc.integer({ min: 3, max: 40 }).chain((length) =>
  fc
    .tuple(
      ...Array.from({ length: length - 2 }, (_, index) =>
        fc.uniqueArray(fc.integer({ min: 0, max: index }), { minLength: 1, maxLength: 3 }),
      ),
    )
    .map((middle): Graph => {
      const graph: number[][] = [[], ...middle];
      const heads = graph.map((_, point) => point).filter((point) => !graph.some((parents) => parents.includes(point)));
      return [...graph, heads];
    }),
);

test('in a history with merges every culprit is found among all that have it in them', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(
        history.chain((graph) => fc.tuple(fc.constant(graph), fc.integer({ min: 1, max: graph.length - 1 }))),
        ([graph, culprit]) => {
          const { end } = walk(graph, (point) => (withAncestors(graph, [point])[culprit] ? 'bad' : 'good'));
          return end.kind === 'found' && end.culprit === culprit;
        },
      ),
    ),
  );
});

test('a long history with side branches takes little more than halving takes', (t) => {
  // 400 times: a side branch of three that is merged again.
  const graph: number[][] = [[]];
  let main = 0;
  for (let round = 0; round < 400; round++) {
    const base = graph.length;
    graph.push([main], [base], [base + 1], [main], [base + 2, base + 3]);
    main = base + 4;
  }
  const culprit = 777;
  const contains = (point: number): boolean => withAncestors(graph, [point])[culprit] ?? false;
  const { end, tested } = walk(graph, (point) => (contains(point) ? 'bad' : 'good'));
  t.deepEqual(end, { kind: 'found', culprit });
  t.true(tested.length <= Math.ceil(Math.log2(graph.length)) + 3, String(tested.length));
});

test('steps are reckoned as git does', (t) => {
  t.deepEqual([1, 2, 3, 4, 5, 8, 11, 16, 100].map(stepsFor), [0, 0, 1, 1, 1, 2, 3, 3, 6]);
});
