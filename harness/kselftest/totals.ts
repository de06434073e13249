import type { KtapCase } from '../model/index.ts';

const line = /^# Totals: ((?:\w+:\d+ ?)+)$/gm;

/** What counts as it should; anything else is a failure. */
const good: ReadonlySet<string> = new Set(['pass', 'xfail', 'skip']);

/**
 * Some programs of kselftest print a plan and, in the end, how many of its tests passed, but no result of a test. What they
 * say of all together then stands for the results that are missing.
 */
export function withTotals(cases: readonly KtapCase[], output: string): readonly KtapCase[] {
  const said = [...output.matchAll(line)].at(-1)?.[1]?.trim();
  const counts = (said?.split(' ') ?? []).map((word) => word.split(':'));
  const sum = (wanted: (name: string) => boolean): number =>
    counts.reduce((all, [name = '', count = '0']) => all + (wanted(name) ? Number(count) : 0), 0);
  const without = cases.filter((one) => one.problem !== 'missing' || one.path.length !== 1);
  const missing = cases.filter((one) => one.problem === 'missing' && one.path.length === 1);
  const planned = missing.reduce((all, { tests = 1 }) => all + tests, 0);
  // Totals of fewer tests leave some without any result.
  if (planned === 0 || sum(() => true) < planned + without.length) return cases;
  const failed = sum((name) => !good.has(name));
  const told = without.filter(({ outcome }) => outcome === 'fail').length;
  if (failed <= told) return without;
  const summary = `${failed} of its tests ${failed === 1 ? 'does' : 'do'} not pass, by its own count: ${said ?? ''}`;
  return [...without, ...missing.map((one) => ({ ...one, summary }))];
}
