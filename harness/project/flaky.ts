/** The part of a flaky case's tries that may fail, of `warn`, `fail` or `10%`; undefined for another word. */
export function toleratedRate(rule: string | undefined): number | undefined {
  if (rule === 'warn') return 1;
  if (rule === 'fail') return 0;
  const percent = /^(\d{1,2})%$/.exec(rule ?? '')?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}

/** The rule that says a tolerated rate: the inverse of {@link toleratedRate}. */
export function toleranceRule(rate: number): string {
  if (rate === 0) return 'fail';
  return rate === 1 ? 'warn' : `${Math.round(rate * 100)}%`;
}
