import { type Cell, type Finding, groupBy, type Span } from '../model/index.ts';
import { badKeys, type Sighting, sightings } from './subjects.ts';

interface Dated {
  readonly point: number;
  readonly sighting: Sighting;
}

/** The spans of failure in what was seen at ascending points. */
function spansOf(seen: readonly Dated[]): Span[] {
  const spans: Span[] = [];
  let good: number | null = null;
  let open: Span | undefined;
  for (const { point, sighting } of seen) {
    if (sighting.state === 'bad') {
      open = open ? { ...open, to: point } : { from: point, goodBefore: good, to: point, fixedBy: null };
    } else if (sighting.state === 'good') {
      if (open) spans.push({ ...open, fixedBy: point });
      open = undefined;
      good = point;
    }
  }
  return open ? [...spans, open] : spans;
}

function historyOf(cells: readonly Cell[]): Finding[] {
  const bad = badKeys(cells);
  if (bad.size === 0) return [];
  const dated = cells.flatMap((cell) =>
    sightings(cell, (key) => bad.has(key)).map((sighting) => ({ point: cell.point, sighting })),
  );
  return [...groupBy(dated, ({ sighting }) => sighting.key).values()].flatMap((seen) => {
    const first = seen.find(({ sighting }) => sighting.state === 'bad')?.sighting;
    return first ? [{ ...first.subject, outcome: first.outcome, summary: first.summary, spans: spansOf(seen) }] : [];
  });
}

/** A cell, after what was seen of the base beside it. */
function withBase(cell: Cell): Cell[] {
  const { baseBuild: outcome, stage } = cell;
  if (outcome === undefined) return [cell];
  return [{ ...cell, point: 0, outcome, stages: { [stage]: { outcome, ms: 0, reused: false } }, cases: [] }, cell];
}

/**
 * What fails at some point, and which patches broke and fixed it. Points that say nothing (skipped, not run, a fault of
 * the machine) neither break nor fix anything.
 *
 * @param cells of one run, in any order
 */
export function findHistory(cells: readonly Cell[]): Finding[] {
  const sorted = cells.flatMap(withBase).sort((a, b) => a.point - b.point);
  return [...groupBy(sorted, ({ target }) => target).values()]
    .flatMap(historyOf)
    .sort((a, b) => (a.spans[0]?.from ?? 0) - (b.spans[0]?.from ?? 0));
}
