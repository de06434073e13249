/** Objects in use by slab cache, out of what `/proc/slabinfo` says. */
export function readSlabs(slabinfo: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const line of slabinfo.split('\n')) {
    const match = /^([^\s#]\S*)\s+(\d+)\s+\d+\s+\d+\s/.exec(line);
    if (match?.[1] !== undefined) found.set(match[1], Number(match[2]));
  }
  return found;
}

/** A slab cache that grows by so many objects each time. */
export interface SlabGrowth {
  readonly name: string;
  readonly each: number;
}

/**
 * Caches that grew by an object or more for each of `times` repetitions, between the first and the second look and again
 * between the second and the third: what grows once is a cache that fills, what grows each time is lost.
 *
 * @returns the fastest first
 */
export function growingSlabs(
  [first, second, third]: readonly [
    ReadonlyMap<string, number>,
    ReadonlyMap<string, number>,
    ReadonlyMap<string, number>,
  ],
  times: number,
): readonly SlabGrowth[] {
  const growing: SlabGrowth[] = [];
  for (const [name, end] of third) {
    const [start, middle] = [first.get(name) ?? 0, second.get(name) ?? 0];
    const least = Math.min(middle - start, end - middle);
    if (least >= times) growing.push({ name, each: Math.floor(least / times) });
  }
  return growing.sort((one, other) => other.each - one.each);
}
