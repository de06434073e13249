/** Neighbouring points of one target, and how long they are expected to take. */
export interface ChainCut {
  readonly target: string;
  readonly points: readonly number[];
  /** Milliseconds, what has to be built first included. */
  readonly ms: number;
}

export interface Costs {
  /** Of one cell, in milliseconds, when the point before it was built in the same place. */
  cell(target: string, point: number): number;
  /** Of the first build of a target in an empty place, which each cut that does not begin with the base pays. */
  start(target: string): number;
}

/** What a cut that begins with this point pays before its cells. */
function startOf(target: string, first: number | undefined, costs: Costs): number {
  return first === 0 || first === undefined ? 0 : costs.start(target);
}

function cutOf(target: string, points: readonly number[], costs: Costs): ChainCut {
  const start = startOf(target, points[0], costs);
  return { target, points, ms: points.reduce((sum, point) => sum + costs.cell(target, point), start) };
}

/** The same costs, each asked for once: a long matrix is looked through for every cut. */
function remembered(costs: Costs): Costs {
  const cells = new Map<string, Map<number, number>>();
  const starts = new Map<string, number>();
  return {
    cell(target, point) {
      const own = cells.get(target) ?? new Map<number, number>();
      cells.set(target, own);
      const ms = own.get(point) ?? costs.cell(target, point);
      own.set(point, ms);
      return ms;
    },
    start(target) {
      const ms = starts.get(target) ?? costs.start(target);
      starts.set(target, ms);
      return ms;
    },
  };
}

/** A cut costs another base: the longer part has to be shorter than this share of the whole. */
const worth = 0.9;

/** Two parts of a cut whose longer one is as short as can be; undefined where it has one point. */
function halves({ target, points, ms }: ChainCut, costs: Costs): readonly [ChainCut, ChainCut] | undefined {
  const start = startOf(target, points[0], costs);
  let best: { readonly at: number; readonly longer: number } | undefined;
  let first = start;
  for (let at = 1; at < points.length; at += 1) {
    first += costs.cell(target, points[at - 1] ?? 0);
    const second = startOf(target, points[at], costs) + ms - first;
    const longer = Math.max(first, second);
    if (!best || longer < best.longer) best = { at, longer };
  }
  return best && [cutOf(target, points.slice(0, best.at), costs), cutOf(target, points.slice(best.at), costs)];
}

/**
 * Cuts a matrix into chains for so many machines: the longest is cut as long as there is a machine for one more and its
 * parts take clearly less than it.
 *
 * @returns the longest first
 */
export function cutChains(
  points: readonly number[],
  targets: readonly string[],
  machines: number,
  given: Costs,
): readonly ChainCut[] {
  const costs = remembered(given);
  const found = targets.map((target) => cutOf(target, points, costs));
  const sort = (): void => void found.sort((one, other) => other.ms - one.ms);
  sort();
  while (found.length < machines) {
    const [longest] = found;
    const pair = longest && halves(longest, costs);
    if (!longest || !pair || Math.max(...pair.map(({ ms }) => ms)) >= worth * longest.ms) break;
    found.splice(0, 1, ...pair);
    sort();
  }
  return found;
}

/** The machine of each cut, counted from 1: the longest first, each to the one that has the least to do. */
export function machinesFor(sorted: readonly ChainCut[], machines: number): readonly number[] {
  const busy = Array.from({ length: Math.max(1, machines) }, () => 0);
  return sorted.map(({ ms }) => {
    const least = busy.indexOf(Math.min(...busy));
    busy[least] = (busy[least] ?? 0) + ms;
    return least + 1;
  });
}
