import type { Observation, Sign, Sureness } from '../model/index.ts';

/** A point that was tried. */
export interface TriedPoint {
  readonly sign: Sign;
  readonly observations: readonly Observation[];
  /** Whether the failure would be in this point, were this hypothesis true. */
  readonly contains: (hypothesis: number) => boolean;
}

/**
 * How likely the verdict is right, when each of the hypotheses was equally likely before and a point without the failure
 * never fails.
 *
 * A failure that shows in a part `rate` of the tries hides from n of them with the probability (1 - rate)^n. So each
 * hypothesis weighs as much as the passes at the points that contain it are likely. The rate is (failures + 1) / (tries
 * + 2) over the points that failed at least once (Laplace), which never takes a small number of tries for certain.
 */
export function sureness(
  tried: readonly TriedPoint[],
  hypotheses: readonly number[],
  verdict: readonly number[],
): Sureness {
  const count = (points: readonly TriedPoint[], sign: Sign): number =>
    points.flatMap(({ observations }) => observations).filter((one) => one.sign === sign).length;
  const bad = tried.filter(({ sign }) => sign === 'bad');
  const good = tried.filter(({ sign }) => sign === 'good');
  const failures = count(bad, 'bad');
  const tries = failures + count(bad, 'good');
  const rate = (failures + 1) / (tries + 2);
  const weight = (hypothesis: number): number => {
    if (bad.some(({ contains }) => !contains(hypothesis))) return 0;
    return (
      (1 - rate) **
      count(
        good.filter(({ contains }) => contains(hypothesis)),
        'good',
      )
    );
  };
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + weight(one), 0);
  const whole = sum(hypotheses);
  return { tries, failures, rate, probability: whole === 0 ? 0 : sum(verdict) / whole };
}
