/**
 * Points and what they come from: `parents[n]` are the numbers of the points that n has in it directly, each smaller than
 * n. The last point is the bad end; point 0 is the good end, which every other point has in it.
 */
export type Graph = readonly (readonly number[])[];

/** The graph of a series: each point comes from the one before. */
export function chain(length: number): Graph {
  return Array.from({ length }, (_, point) => (point === 0 ? [] : [point - 1]));
}

/** By point: whether it is one of `points` or in one of them. */
export function withAncestors(graph: Graph, points: Iterable<number>): boolean[] {
  const marked = graph.map(() => false);
  for (const point of points) marked[point] = true;
  for (let point = graph.length - 1; point >= 0; point--) {
    if (marked[point]) for (const parent of graph[point] ?? []) marked[parent] = true;
  }
  return marked;
}

/**
 * How many of the candidates each candidate has in it, itself included. Candidates are in ascending order, and each set
 * is dropped once the last child has been counted: the memory is that of the branches side by side.
 */
export function countInside(graph: Graph, candidates: readonly number[]): number[] {
  const place = new Map(candidates.map((point, index) => [point, index]));
  const waiting = candidates.map(() => 0);
  const parentsOf = (point: number): number[] =>
    (graph[point] ?? []).map((parent) => place.get(parent)).filter((index) => index !== undefined);
  for (const point of candidates) {
    for (const parent of parentsOf(point)) waiting[parent] = (waiting[parent] ?? 0) + 1;
  }
  const words = Math.ceil(candidates.length / 32);
  const sets = new Map<number, Uint32Array>();
  return candidates.map((point, index) => {
    const set = new Uint32Array(words);
    for (const parent of parentsOf(point)) {
      const inherited = sets.get(parent);
      if (inherited) for (let word = 0; word < words; word++) set[word] = (set[word] ?? 0) | (inherited[word] ?? 0);
      waiting[parent] = (waiting[parent] ?? 0) - 1;
      if (waiting[parent] === 0) sets.delete(parent);
    }
    set[index >> 5] = (set[index >> 5] ?? 0) | (1 << (index & 31));
    if ((waiting[index] ?? 0) > 0) sets.set(index, set);
    return set.reduce((sum, word) => sum + bits(word), 0);
  });
}

function bits(word: number): number {
  let left = word;
  let count = 0;
  for (; left !== 0; left &= left - 1) count++;
  return count;
}
