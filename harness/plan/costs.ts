import type { Cell } from '../model/index.ts';
import type { Costs } from './balance.ts';

/** Without any run to go by, in milliseconds: a base is built from nothing, later points change a few files. */
const guess = { base: 300_000, point: 30_000 };

const mean = (values: readonly number[]): number | undefined =>
  values.length === 0 ? undefined : values.reduce((sum, value) => sum + value, 0) / values.length;

/**
 * What cells cost by the cells of an earlier run. One that was taken over from the store tells nothing; a cell that is not
 * known costs what others of its target did, or of other targets, the base for itself.
 */
export function costsOf(cells: readonly Cell[]): { readonly costs: Costs; readonly measured: boolean } {
  const known = cells.filter(({ reused, taken, outcome }) => !reused && taken === undefined && outcome !== 'not-run');
  const find = (target: string, point: number): number | undefined =>
    known.find((cell) => cell.target === target && cell.point === point)?.ms;
  const others = (isBase: boolean, target?: string): number | undefined =>
    mean(
      known
        .filter((cell) => (cell.point === 0) === isBase && (target === undefined || cell.target === target))
        .map(({ ms }) => ms),
    );
  const cell = (target: string, point: number): number => {
    const isBase = point === 0;
    return find(target, point) ?? others(isBase, target) ?? others(isBase) ?? (isBase ? guess.base : guess.point);
  };
  return { costs: { cell, start: (target) => cell(target, 0) }, measured: known.length > 0 };
}
