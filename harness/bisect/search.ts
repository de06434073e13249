import type { Sign } from '../model/index.ts';
import { countInside, type Graph, withAncestors } from './graph.ts';

/** What to do next, from what is known of the points. */
export type Step =
  | {
      readonly kind: 'test';
      readonly point: number;
      /** The bad end, which must be bad before anything else is looked at. */
      readonly isEnd: boolean;
      /** How many points will be left to look at after this one, and in how many steps about. */
      readonly left: number;
      readonly steps: number;
    }
  | { readonly kind: 'found'; readonly culprit: number }
  | { readonly kind: 'one-of'; readonly suspects: readonly number[] }
  | { readonly kind: 'all-good' }
  | { readonly kind: 'all-bad' }
  /** The end that can't be judged. */
  | { readonly kind: 'unjudged'; readonly point: number };

/**
 * Looks for the first bad point: one that is bad with nothing bad in it. The same signs give the same step, so a
 * bisection goes on from its signs alone.
 *
 * The bad end is tested first. The good end is believed, and tested only when nothing else vouches for what the culprit
 * comes from.
 */
export function nextStep(graph: Graph, signs: ReadonlyMap<number, Sign>): Step {
  const end = graph.length - 1;
  const atEnd = signs.get(end);
  if (atEnd === undefined) return { kind: 'test', point: end, isEnd: true, left: end - 1, steps: stepsFor(end) };
  if (atEnd === 'skip') return { kind: 'unjudged', point: end };
  if (atEnd === 'good') return { kind: 'all-good' };

  const candidates = candidatesOf(graph, signs);
  const open = candidates.points.filter((point) => !signs.has(point));
  if (open.length > 0) return testOf(graph, candidates.points, signs);
  const vouched = (parent: number): boolean => candidates.good[parent] === true || candidates.points.includes(parent);
  const isCovered = candidates.points.every((point) => (graph[point] ?? []).every(vouched));
  const start = signs.get(0);
  if (!isCovered && start !== 'good') {
    if (start === undefined) return { kind: 'test', point: 0, isEnd: false, left: 0, steps: 0 };
    return start === 'bad' ? { kind: 'all-bad' } : { kind: 'unjudged', point: 0 };
  }
  const [only, ...more] = candidates.points;
  return only !== undefined && more.length === 0
    ? { kind: 'found', culprit: only }
    : { kind: 'one-of', suspects: candidates.points };
}

/** The points that may be the culprit, ascending, and by point whether a good one has it in it. */
function candidatesOf(
  graph: Graph,
  signs: ReadonlyMap<number, Sign>,
): { readonly points: readonly number[]; readonly good: readonly boolean[] } {
  const of = (wanted: Sign): number[] => [...signs].filter(([, sign]) => sign === wanted).map(([point]) => point);
  const good = withAncestors(graph, of('good'));
  let points = graph.map((_, point) => point).filter((point) => point > 0 && !good[point]);
  for (const bad of of('bad')) {
    if (bad === 0) continue;
    const inside = withAncestors(graph, [bad]);
    points = points.filter((point) => inside[point]);
  }
  return { points, good };
}

/**
 * The point that halves the candidates best. Behind points that can't be judged, it moves away from the middle in
 * growing strides: first a neighbour, then out of what may be a whole broken stretch.
 */
function testOf(graph: Graph, candidates: readonly number[], signs: ReadonlyMap<number, Sign>): Step {
  const all = candidates.length;
  const inside = countInside(graph, candidates);
  const halves = candidates.map((point, index) => {
    const within = inside[index] ?? 0;
    return { point, within, value: Math.min(within, all - within) };
  });
  // The culprit of last resort has them all in it: nothing is learnt from it.
  const ranked = halves.filter(({ value }) => value > 0).sort((a, b) => b.value - a.value || a.point - b.point);
  const skipped = ranked.filter(({ point }) => signs.has(point)).length;
  const wanted = Math.min(2 ** skipped - 1, ranked.length - 1);
  const open = ranked.map((half, rank) => ({ ...half, rank })).filter(({ point }) => !signs.has(point));
  const [chosen] = open.sort((a, b) => Math.abs(a.rank - wanted) - Math.abs(b.rank - wanted) || a.rank - b.rank);
  if (!chosen) throw new Error('a bisection with open candidates has one to test');
  const left = Math.max(0, all - chosen.within - 1);
  return { kind: 'test', point: chosen.point, isEnd: false, left, steps: stepsFor(all) };
}

/** About how many tests will follow the next one until one of `candidates` is left, as git reckons it. */
export function stepsFor(candidates: number): number {
  if (candidates < 3) return 0;
  const whole = Math.floor(Math.log2(candidates));
  const power = 2 ** whole;
  return power < 3 * (candidates - power) ? whole : whole - 1;
}
