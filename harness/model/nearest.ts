/** The fewest insertions, deletions, changes and swaps of neighbours that turn one text into the other. */
function distance(from: string, to: string): number {
  const rows: number[][] = [Array.from({ length: to.length + 1 }, (_, column) => column)];
  for (let row = 1; row <= from.length; row++) {
    const line = [row];
    for (let column = 1; column <= to.length; column++) {
      const at = (r: number, c: number): number => (r === row ? line[c] : rows[r]?.[c]) ?? 0;
      const same = from[row - 1] === to[column - 1];
      let best = Math.min(at(row - 1, column) + 1, at(row, column - 1) + 1, at(row - 1, column - 1) + (same ? 0 : 1));
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      if (row > 1 && column > 1 && swapped) best = Math.min(best, at(row - 2, column - 2) + 1);
      line[column] = best;
    }
    rows.push(line);
  }
  return rows[from.length]?.[to.length] ?? 0;
}

/** The candidate that `name` most likely was meant to be; undefined when none is near. */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase();
  let best: { candidate: string; cost: number } | undefined;
  for (const candidate of candidates) {
    const other = candidate.toLowerCase();
    const contained = wanted.length >= 3 && (other.includes(wanted) || wanted.includes(other)) && other !== '';
    // A part of the name counts, but after a plain misspelling.
    const cost = Math.min(distance(wanted, other), contained ? 2.5 : Infinity);
    const limit = Math.max(2.5, Math.ceil(Math.max(wanted.length, other.length) / 3));
    if (cost <= limit && (best === undefined || cost < best.cost)) best = { candidate, cost };
  }
  return best?.candidate;
}

/** The hint for an unknown name: `did you mean x?`, or else what there is. */
export function suggest(name: string, candidates: Iterable<string>): string {
  const all = [...candidates];
  const guess = nearest(name, all);
  if (guess !== undefined) return `did you mean ${guess}?`;
  return all.length === 0 ? 'there are none' : `known: ${all.slice(0, 20).join(', ')}${all.length > 20 ? ', …' : ''}`;
}
