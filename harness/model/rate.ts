import type { CaseResult, Tries } from './case.ts';

/** Whether a case failed and passed on the same image. */
export function isFlaky({ tries }: Pick<CaseResult, 'tries'>): boolean {
  return tries !== undefined && tries.failed < tries.runs;
}

/** 95 % interval of a rate by Wilson: what rates such a count may come from. Between 0 and 1. */
export function rateInterval({ runs, failed }: Tries): readonly [number, number] {
  const z = 1.96;
  const rate = failed / runs;
  const middle = rate + (z * z) / (2 * runs);
  const reach = z * Math.sqrt((rate * (1 - rate)) / runs + (z * z) / (4 * runs * runs));
  const scale = 1 + (z * z) / runs;
  return [Math.max(0, (middle - reach) / scale), Math.min(1, (middle + reach) / scale)];
}
