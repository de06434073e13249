import type { Observation, Sign } from '../model/index.ts';

/**
 * What the tries at a point amount to; undefined while another one is needed.
 *
 * One failure makes a point bad, for a good point never fails; only `repeat` tries without one make it good. With `all`,
 * a bad point is tried as often as a good one, which shows how often it fails.
 */
export function judge(tries: readonly Observation[], repeat: number, all: boolean): Sign | undefined {
  const has = (sign: Sign): boolean => tries.some((one) => one.sign === sign);
  const enough = tries.length >= repeat || tries.some(({ settled }) => settled);
  if (has('bad') && (enough || !all)) return 'bad';
  if (!enough) return undefined;
  return has('good') ? 'good' : 'skip';
}

/** The try that shows best why a point has its sign. */
export function telling(tries: readonly Observation[], sign: Sign): Observation | undefined {
  return tries.find((one) => one.sign === sign) ?? tries.at(-1);
}
