import { UserError } from '../model/index.ts';

/** A part of the matrix, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Reads `2/3`. */
export function parseShard(text: string): Shard {
  const match = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(match?.[1]), Number(match?.[2])];
  if (match && index >= 1 && index <= count) return { index, count };
  throw new UserError(`--shard ${text}: expected I/N with I from 1 to N`, {
    code: 'QB-SELECTION',
    hint: 'for instance --shard 1/3',
  });
}

/**
 * The cells of a shard: for each target the points that it runs, ascending. All shards together are the whole matrix, none
 * has a cell of another, and their sizes differ by one at most. Neighbouring points stay together, for they build on each
 * other.
 */
export function shardCells(
  points: readonly number[],
  targets: readonly string[],
  { index, count }: Shard = { index: 1, count: 1 },
): Map<string, number[]> {
  const cells = targets.flatMap((target) => points.map((point) => ({ target, point })));
  const edge = (shard: number): number => Math.floor((shard * cells.length) / count);
  const chosen = new Map<string, number[]>();
  for (const { target, point } of cells.slice(edge(index - 1), edge(index))) {
    chosen.set(target, [...(chosen.get(target) ?? []), point]);
  }
  return chosen;
}
