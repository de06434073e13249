import {
  type Blame,
  type Cell,
  type Counts,
  defined,
  groupBy,
  isGood,
  type Outcome,
  type Run,
  uncoveredCells,
  type Verdict,
} from '../model/index.ts';

function noOutcomes(): Record<Outcome, number> {
  return { pass: 0, known: 0, fail: 0, skip: 0, 'not-covered': 0, crash: 0, timeout: 0, 'not-run': 0 };
}

/** How many cells and cases ended in which way. */
export function countOutcomes(cells: readonly Cell[]): Counts {
  const counts = { cells: noOutcomes(), cases: noOutcomes() };
  for (const cell of cells) {
    counts.cells[cell.outcome]++;
    for (const one of cell.cases) counts.cases[one.outcome]++;
  }
  return counts;
}

/** Whose fault decides, the first one first: what is asked for wrongly shows nothing of the rest; what failed stays failed. */
const byBlame: readonly (readonly [Blame, Verdict])[] = [
  ['user', 'mistake'],
  ['kernel', 'fail'],
  ['suite', 'fail'],
  ['host', 'infra'],
];

/**
 * What a run came to. Cells that were left out because of others have no blame, and count where nothing else does. A run whose
 * cases were all skipped on a target tested nothing there, and one that compiled nothing of a patch did not test that: `untested`.
 */
export function verdictOf({ cells, shard }: Pick<Run, 'cells' | 'shard'>): Verdict {
  const bad = cells.filter((cell) => !isGood(cell.outcome));
  const blamed = byBlame.find(([blame]) => bad.some((cell) => cell.blame === blame));
  if (blamed) return blamed[1];
  return bad.length > 0 || isUntested({ cells, ...defined({ shard }) }) ? 'untested' : 'pass';
}

/** Whether a patch was compiled nowhere, or no case ran on a target that has some. */
function isUntested(run: Pick<Run, 'cells' | 'shard'>): boolean {
  if (uncoveredCells(run).length > 0) return true;
  return [...groupBy(run.cells, ({ target }) => target).values()].some(isIdle);
}

/** Whether the cells of a target skipped all that they had to run: what others ran says nothing of it. */
function isIdle(cells: readonly Cell[]): boolean {
  const idle = cells.some(({ outcome }) => outcome === 'skip' || (outcome === 'known' && !cells.some(isPass)));
  return idle && !cells.some(hasRunCase);
}

function isPass({ outcome }: Cell): boolean {
  return outcome === 'pass';
}

function hasRunCase({ cases }: Cell): boolean {
  return cases.some((one) => one.outcome !== 'skip');
}

/**
 * The verdict of a run for which failures that an earlier run knew do not count. It has to have been compared with one.
 */
export function verdictOnNew(run: Run): Verdict {
  if (run.verdict !== 'fail') return run.verdict;
  if (run.comparison?.changes.some(({ kind }) => kind === 'new') ?? true) return 'fail';
  if (run.cells.some((cell) => cell.blame === 'host' && !isGood(cell.outcome))) return 'infra';
  // What a failure hid while it counted.
  return isUntested(run) ? 'untested' : 'pass';
}
