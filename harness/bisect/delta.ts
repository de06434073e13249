import type { Sign } from '../model/index.ts';

/** What to do next in a search for the part of a difference that matters. */
export type DeltaStep =
  | { readonly kind: 'test'; readonly subset: readonly number[]; readonly isEnd: boolean; readonly left: number }
  /**
   * `bad` fails, `good` passes, and `difference` is what is in the one and not in the other: no part of it can be moved
   * from one to the other any more. What could not be judged may have kept it larger than it need be.
   */
  | {
      readonly kind: 'found';
      readonly difference: readonly number[];
      readonly good: readonly number[];
      readonly bad: readonly number[];
      readonly unjudged: number;
    }
  | { readonly kind: 'all-good' }
  | { readonly kind: 'all-bad' }
  | { readonly kind: 'unjudged'; readonly subset: readonly number[] };

/** Names a subset in the map of signs. */
export function subsetKey(subset: readonly number[]): string {
  return [...subset].sort((a, b) => a - b).join(' ');
}

/**
 * Delta debugging (Zeller's `dd`): of `size` changes, all of which together fail and none of which passes, finds a
 * minimal difference between a set that passes and one that fails. Where every set can be judged it halves, as in a
 * bisection; where sets can't be judged it tries smaller and smaller parts. The same signs give the same step.
 */
export function nextSubset(size: number, signs: ReadonlyMap<string, Sign>): DeltaStep {
  const all = Array.from({ length: size }, (_, index) => index);
  const test = (subset: readonly number[], left: number, isEnd = false): DeltaStep => ({
    kind: 'test',
    subset,
    isEnd,
    left,
  });
  const whole = signs.get(subsetKey(all));
  if (whole === undefined) return test(all, size, true);
  if (whole !== 'bad') return whole === 'good' ? { kind: 'all-good' } : { kind: 'unjudged', subset: all };
  let good: readonly number[] = [];
  let bad: readonly number[] = all;
  let parts = 2;
  let unjudged = 0;
  for (;;) {
    const difference = bad.filter((index) => !good.includes(index));
    const found = (): DeltaStep => {
      // That nothing at all passes is believed until no other set that passes vouches for it.
      const sign = good.length > 0 ? 'good' : signs.get('');
      if (sign === undefined) return test([], 0);
      if (sign === 'good') return { kind: 'found', difference, good, bad, unjudged };
      return sign === 'bad' ? { kind: 'all-bad' } : { kind: 'unjudged', subset: [] };
    };
    if (difference.length < 2) return found();
    let moved = false;
    unjudged = 0;
    for (const part of split(difference, Math.min(parts, difference.length))) {
      const grown = [...good, ...part].sort((a, b) => a - b);
      const shrunk = bad.filter((index) => !part.includes(index));
      for (const [subset, halving] of [
        [grown, 'bad'],
        [shrunk, 'good'],
      ] as const) {
        const sign = signs.get(subsetKey(subset));
        if (sign === undefined) return test(subset, difference.length);
        if (sign === 'skip') continue;
        if (sign === 'bad') bad = subset;
        else good = subset;
        parts = sign === halving ? 2 : Math.max(parts - 1, 2);
        moved = true;
        break;
      }
      if (moved) break;
      unjudged += 1;
    }
    if (moved) continue;
    if (parts >= difference.length) return found();
    parts = Math.min(2 * parts, difference.length);
  }
}

/** Parts of equal size, as far as that goes. */
function split(items: readonly number[], parts: number): number[][] {
  return Array.from({ length: parts }, (_, part) =>
    items.slice(Math.floor((part * items.length) / parts), Math.floor(((part + 1) * items.length) / parts)),
  );
}
