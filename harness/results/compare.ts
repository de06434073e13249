import {
  type Cell,
  type CellRef,
  type Change,
  type ChangeKind,
  type Comparison,
  type Diagnostic,
  defined,
  type OptionChange,
  type Run,
  type Sizes,
} from '../model/index.ts';
import { type Sighting, sightings } from './subjects.ts';

/** A cell of a run with the cell of an earlier run that stands for the same patch on the same target. */
export interface CellPair {
  readonly now: Cell;
  readonly before: Cell;
}

type StoredPatch = Run['series']['patches'][number];

/** How a patch is found again in another run, the surest way first. */
const ways: readonly ((one: StoredPatch, other: StoredPatch) => boolean)[] = [
  (one, other) => one.content !== undefined && one.content === other.content,
  (one, other) => one.name === other.name,
  (one, other) => one.subject === other.subject,
];

/**
 * The patches of a run in an earlier one, by their places from 0: by what they change, else by their file names, else by
 * their subjects. Each stands for one at most.
 */
function matchPatches(now: readonly StoredPatch[], before: readonly StoredPatch[]): Map<number, number> {
  const found = new Map<number, number>();
  const taken = new Set<number>();
  for (const isSame of ways) {
    now.forEach((patch, index) => {
      if (found.has(index)) return;
      const at = before.findIndex((other, place) => !taken.has(place) && isSame(patch, other));
      if (at < 0) return;
      found.set(index, at);
      taken.add(at);
    });
  }
  return found;
}

/** The point of the other run that has the same patch on top. */
function counterparts(run: Run, other: Run): Map<number, number> {
  const patches = matchPatches(run.series.patches, other.series.patches);
  return new Map([[0, 0], ...[...patches].map(([now, before]): [number, number] => [now + 1, before + 1])]);
}

/** What became of the patches of an earlier revision; undefined where the runs do not know what their patches change. */
function revisionOf(run: Run, other: Run): Comparison['revision'] | undefined {
  const [now, before] = [run.series.patches, other.series.patches];
  if ([...now, ...before].some(({ content }) => content === undefined)) return undefined;
  const found = matchPatches(now, before);
  const pairs = [...found].map(([mine, theirs]) => ({ now: mine + 1, before: theirs + 1 }));
  const isEqual = (pair: { readonly now: number; readonly before: number }): boolean =>
    now[pair.now - 1]?.content === before[pair.before - 1]?.content;
  const kept = new Set(found.values());
  return {
    equal: pairs.filter(isEqual),
    changed: pairs.filter((pair) => !isEqual(pair)),
    added: now.flatMap((_, index) => (found.has(index) ? [] : [index + 1])),
    dropped: before.flatMap(({ name }, index) => (kept.has(index) ? [] : [name])),
  };
}

/** Cells that ran in both runs, and those of `run` that the other has nothing to compare with. */
export function matchCells(
  run: Run,
  other: Run,
): { readonly pairs: readonly CellPair[]; readonly unmatched: readonly Cell[] } {
  const points = counterparts(run, other);
  const before = new Map(other.cells.map((cell) => [`${cell.point}\0${cell.target}`, cell]));
  const pairs: CellPair[] = [];
  const unmatched: Cell[] = [];
  for (const now of run.cells) {
    const old = before.get(`${points.get(now.point) ?? -1}\0${now.target}`);
    if (old && old.outcome !== 'not-run' && now.outcome !== 'not-run') pairs.push({ now, before: old });
    else unmatched.push(now);
  }
  return { pairs, unmatched };
}

function kindOf(pair: CellPair, before: Sighting | undefined, now: Sighting | undefined): ChangeKind | undefined {
  if (now?.outcome === 'known') return undefined;
  const was = before?.state ?? 'unknown';
  const is = now?.state ?? 'unknown';
  const sameImage = pair.now.imageHash !== null && pair.now.imageHash === pair.before.imageHash;
  if (now?.tries && now.tries.failed < now.tries.runs) {
    // One that counts as failed, where nothing spoke against it before, is as new as any other failure.
    return is === 'bad' && was !== 'bad' && before?.tries === undefined ? 'new' : 'flaky';
  }
  if (is === 'bad' && was === 'bad') return 'still';
  if (is === 'bad') return was === 'good' && sameImage && now?.subject.name !== undefined ? 'flaky' : 'new';
  if (is === 'good' && was === 'bad') return sameImage && now?.subject.name !== undefined ? 'flaky' : 'fixed';
  // A cell that did not get as far as the tests says nothing about them, and that it did not is told of its stage.
  const tested = pair.now.cases.length > 0;
  return was === 'good' && is === 'unknown' && before?.subject.name !== undefined && tested ? 'gone' : undefined;
}

class Changes {
  readonly #found = new Map<string, Change & { readonly points: number[] }>();

  add(cell: Cell, kind: ChangeKind, was: Sighting | undefined, is: Sighting | undefined): void {
    const one = is ?? was;
    if (one === undefined) return;
    const outcomes = { before: was?.outcome ?? null, now: is?.outcome ?? null };
    const id = JSON.stringify([kind, cell.target, one.key, outcomes, is?.tries]);
    const known = this.#found.get(id);
    const tries = is?.tries ? { tries: is.tries } : {};
    if (known) known.points.push(cell.point);
    else this.#found.set(id, { ...one.subject, kind, points: [cell.point], ...outcomes, ...tries });
  }

  all(): Change[] {
    return [...this.#found.values()];
  }
}

/** What a cell without a counterpart shows is new unless the earlier run knew it of another patch on that target. */
function addUnmatched(changes: Changes, unmatched: readonly Cell[], other: Run): void {
  const bad = ({ state }: Sighting): boolean => state === 'bad';
  const named = (target: string, key: string): string => `${target}\0${key}`;
  const known = new Set(
    other.cells.flatMap((cell) =>
      sightings(cell)
        .filter(bad)
        .map(({ key }) => named(cell.target, key)),
    ),
  );
  for (const cell of unmatched) {
    for (const one of sightings(cell).filter(bad)) {
      if (!known.has(named(cell.target, one.key))) changes.add(cell, 'new', undefined, one);
    }
  }
}

function changesOf({ pairs, unmatched }: ReturnType<typeof matchCells>, other: Run): Change[] {
  const changes = new Changes();
  for (const pair of pairs) {
    const before = new Map(sightings(pair.before).map((one) => [one.key, one]));
    const now = new Map(sightings(pair.now).map((one) => [one.key, one]));
    for (const key of new Set([...now.keys(), ...before.keys()])) {
      const kind = kindOf(pair, before.get(key), now.get(key));
      if (kind !== undefined) changes.add(pair.now, kind, before.get(key), now.get(key));
    }
  }
  addUnmatched(changes, unmatched, other);
  return changes.all();
}

/** What `now` has more than `before`, each of the three; undefined where they were counted in different ways. */
export function sizeDifference(before: Sizes, now: Sizes): Sizes | undefined {
  if (before.by !== now.by) return undefined;
  return { text: now.text - before.text, data: now.data - before.data, bss: now.bss - before.bss };
}

/** What only the caller can know of a pair of cells: it needs files, or the rules of another folder. */
export interface PairDetails {
  readonly fresh: readonly Diagnostic[];
  readonly gone: readonly Diagnostic[];
  readonly config: readonly OptionChange[];
}

/** Puts a run beside an earlier one. `details` has an entry for each pair of `match`, the result of {@link matchCells}. */
export function compareRuns(
  run: Run,
  other: Run,
  match: ReturnType<typeof matchCells>,
  details: ReadonlyMap<CellPair, PairDetails>,
): Comparison {
  const at = ({ now }: CellPair): CellRef => ({ point: now.point, target: now.target });
  const { pairs, unmatched } = match;
  const each = pairs.map((pair) => ({ pair, more: details.get(pair) ?? { fresh: [], gone: [], config: [] } }));
  return {
    against: {
      id: other.id,
      started: other.started,
      series: other.series.name,
      tree: other.tree.name,
      kernelVersion: other.tree.kernelVersion,
    },
    ...defined({ revision: revisionOf(run, other) }),
    compared: pairs.length,
    unmatched: unmatched.map(({ point, target }) => ({ point, target })),
    changes: changesOf(match, other),
    warnings: each
      .filter(({ more }) => more.fresh.length > 0 || more.gone.length > 0)
      .map(({ pair, more }) => ({ ...at(pair), fresh: more.fresh, gone: more.gone })),
    sizes: pairs.flatMap((pair) => {
      if (!pair.now.size || !pair.before.size) return [];
      const size = sizeDifference(pair.before.size, pair.now.size);
      if (!size) return [];
      return size.text === 0 && size.data === 0 && size.bss === 0 ? [] : [{ ...at(pair), ...size }];
    }),
    config: each
      .filter(({ more }) => more.config.length > 0)
      .map(({ pair, more }) => ({ ...at(pair), changes: more.config })),
  };
}
