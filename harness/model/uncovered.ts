import type { Cell } from './cell.ts';
import { whyUnmeasured } from './coverage.ts';
import type { Run } from './run.ts';

/** Files of a cell's patch that its kernel was not made with, those that people alone read left out. */
export function unusedFiles({ compiled }: Pick<Cell, 'compiled'>): NonNullable<Cell['compiled']>['files'] {
  return compiled?.files.filter((file) => !file.used && file.kind !== 'text') ?? [];
}

/** Why a cell does not say which lines its cases executed, though it was asked for that; undefined where it does. */
export function unmeasuredReason({ coverage }: Pick<Cell, 'coverage'>): string | undefined {
  return coverage && whyUnmeasured(coverage);
}

/**
 * Why allocations of cases that pass did not fail, or not all, though that was asked for: `3 of 20 cases: the case shares its
 * guest`; undefined where all did.
 */
export function unsweptReason({ cases }: Pick<Cell, 'cases'>): string | undefined {
  const swept = cases.filter((one) => one.outcome === 'pass' && one.faults !== undefined);
  const left = swept.flatMap(({ faults }) => faults?.unswept ?? []);
  const [first] = left;
  if (first === undefined) return undefined;
  const others = new Set(left).size - 1;
  const more = others === 0 ? '' : ` (and ${others} other reason${others === 1 ? '' : 's'})`;
  return `${left.length} of ${swept.length} cases: ${first}${more}`;
}

/**
 * The cells that keep a run from being a pass though nothing failed: nothing of their patch was compiled, and nobody accepted
 * that. Code of another architecture is excused where another target has it; in a shard, which may lack that target, it is
 * excused until the shards are merged. Nothing excuses coverage that was asked for and is not known, and allocations that should
 * have failed and did not.
 */
export function uncoveredCells({ cells, shard }: Pick<Run, 'cells' | 'shard'>): Cell[] {
  const covered = new Set(cells.filter(({ compiled }) => compiled?.covered).map(({ point }) => point));
  return cells.filter((cell) => {
    if (cell.outcome !== 'not-covered') return false;
    if (unmeasuredReason(cell) !== undefined || unsweptReason(cell) !== undefined) return true;
    if (cell.compiled?.allowed === true) return false;
    const unused = unusedFiles(cell);
    const foreign = unused.length > 0 && unused.every((file) => file.foreign);
    return !(foreign && (shard !== undefined || covered.has(cell.point)));
  });
}
