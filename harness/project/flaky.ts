/** The part of a flaky case's tries that may fail, of `warn`, `fail` or `10%`; undefined for another word. */
export function toleratedRate(rule: string | undefined): number | undefined {
  if (rule === 'warn') return 1;
  if (rule === 'fail') return 0;
  const percent = /^(\d{1,2})%$/.exec(rule ?? '')?.[1];
  return percent === undefined ? undefined : Number(percent) / 100;
}
