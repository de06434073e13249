import { type ChainPart, type Shard, UserError } from '../model/index.ts';

/** Reads `2/3` or `x86_64:0..5`. */
export function parseShard(text: string): Shard {
  const equal = /^(\d+)\/(\d+)$/.exec(text);
  const [index, count] = [Number(equal?.[1]), Number(equal?.[2])];
  if (equal && index >= 1 && index <= count) return { index, count };
  const named = /^(\w+):(\d+)\.\.(\d+)$/.exec(text);
  const [from, to] = [Number(named?.[2]), Number(named?.[3])];
  if (named?.[1] !== undefined && from <= to) return { target: named[1], from, to };
  throw new UserError(`--shard ${text}: expected I/N with I from 1 to N, or TARGET:A..B`, {
    code: 'QB-SELECTION',
    hint: 'for instance --shard 1/3, or --shard s390x:4..7 as "quiltboot plan" prints it',
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
  shard: Shard = { index: 1, count: 1 },
): Map<string, number[]> {
  if ('target' in shard) {
    const { target, from, to } = shard;
    const own = targets.includes(target) ? pointsOf({ from, to }, points) : [];
    return own.length === 0 ? new Map<string, number[]>() : new Map([[target, own]]);
  }
  const { index, count } = shard;
  const cells = targets.flatMap((target) => points.map((point) => ({ target, point })));
  const edge = (shard: number): number => Math.floor((shard * cells.length) / count);
  const chosen = new Map<string, number[]>();
  for (const { target, point } of cells.slice(edge(index - 1), edge(index))) {
    chosen.set(target, [...(chosen.get(target) ?? []), point]);
  }
  return chosen;
}

/** The points of each target, ascending, as chains: one ends where the next of the run's points is not to be run. */
export function chainsOf(points: readonly number[], chosen: ReadonlyMap<string, readonly number[]>): ChainPart[] {
  return [...chosen].flatMap(([target, own]) => {
    const chains: { target: string; from: number; to: number }[] = [];
    let after: number | undefined;
    for (const [index, point] of points.entries()) {
      if (!own.includes(point)) continue;
      const last = chains.at(-1);
      if (last && after === index) last.to = point;
      else chains.push({ target, from: point, to: point });
      after = index + 1;
    }
    return chains;
  });
}

/** The points of a run that a chain has, ascending. */
export function pointsOf({ from, to }: Pick<ChainPart, 'from' | 'to'>, points: readonly number[]): number[] {
  return points.filter((point) => point >= from && point <= to);
}
