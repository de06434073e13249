import {
  type CaseResult,
  type Cell,
  defined,
  type Mark,
  type Outcome,
  type Run,
  type Timeline,
  type Track,
  UserError,
} from '../model/index.ts';

/** What a history reads of a stored run. */
export type StoredFacts = Pick<Run, 'id' | 'started' | 'ms' | 'series' | 'cells'> & {
  readonly tree: Pick<Run['tree'], 'name'>;
} & Partial<Pick<Run, 'verdict'>>;

const rank: Readonly<Record<Outcome, number>> = {
  crash: 0,
  timeout: 1,
  fail: 2,
  known: 3,
  'not-covered': 4,
  pass: 5,
  'not-run': 6,
  skip: 7,
};

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function isResult(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { outcome, ms } = value;
  return typeof outcome === 'string' && Object.hasOwn(rank, outcome) && typeof ms === 'number';
}

function isCase(value: unknown): boolean {
  return isResult(value) && isObject(value) && typeof value['suite'] === 'string' && typeof value['name'] === 'string';
}

function isCell(value: unknown): boolean {
  if (!isResult(value) || !isObject(value)) return false;
  const { point, target, cases, stages } = value;
  const isPlaced = typeof point === 'number' && typeof target === 'string' && isObject(stages);
  return isPlaced && Array.isArray(cases) && cases.every(isCase);
}

function isRun(value: unknown): value is StoredFacts {
  if (!isObject(value)) return false;
  const { id, started, ms, series, tree, cells } = value;
  const isNamed = (one: unknown): one is Readonly<Record<string, unknown>> =>
    isObject(one) && typeof one['name'] === 'string';
  const isSeries = isNamed(series) && Array.isArray(series['patches']) && series['patches'].every(isNamed);
  const isDated = typeof started === 'string' && !Number.isNaN(Date.parse(started));
  if (typeof id !== 'string' || !isDated || typeof ms !== 'number') return false;
  return isSeries && isNamed(tree) && Array.isArray(cells) && cells.every(isCell);
}

/**
 * Reads no more of a stored run than a history needs; there may be hundreds of them, and all of it takes several times as
 * long.
 *
 * @throws UserError that names the file
 */
export function readFacts(value: unknown, file: string): StoredFacts {
  if (isRun(value)) return value;
  throw new UserError(`${file} is not a stored run, or is damaged`, { code: 'QB-STORED', location: { file } });
}

/** Which cases and patches a history is about: those whose names contain the texts, in any case. All when absent. */
export interface TrackFilter {
  readonly case?: string;
  readonly patch?: string;
  readonly target?: string;
}

interface Growing {
  readonly kind: Track['kind'];
  name: string;
  readonly target: string;
  readonly marks: Mark[];
  /** Of the last run that had it: by image, whether it passed there. */
  images: Map<string, boolean>;
}

interface Seen {
  outcome: Outcome;
  ms: number | undefined;
  flaky: boolean;
  readonly images: Map<string, boolean>;
}

class Tracks {
  readonly #all = new Map<string, Growing>();

  add(run: number, key: string, kind: Track['kind'], name: string, target: string, seen: Seen): void {
    let track = this.#all.get(key);
    if (track === undefined) {
      track = { kind, name, target, marks: [], images: new Map() };
      this.#all.set(key, track);
    }
    track.name = name;
    // The same image, and another end than in the run before: what is tested did not change.
    const { images: before } = track;
    const turned =
      kind === 'case' && [...seen.images].some(([image, passed]) => before.has(image) && before.get(image) !== passed);
    track.marks.push({ run, outcome: seen.outcome, flaky: seen.flaky || turned, ...defined({ ms: seen.ms }) });
    track.images = seen.images;
  }

  list(kind: Track['kind']): Growing[] {
    return [...this.#all.values()].filter((one) => one.kind === kind);
  }
}

function look(
  seen: Map<string, Seen>,
  key: string,
  outcome: Outcome,
  ms: number | undefined,
  flaky: boolean,
  image: string | null,
): void {
  const known = seen.get(key);
  const one = known ?? { outcome, ms: undefined, flaky: false, images: new Map<string, boolean>() };
  if (known === undefined) seen.set(key, one);
  else if (rank[outcome] < rank[one.outcome]) one.outcome = outcome;
  if (ms !== undefined && ms > (one.ms ?? -1)) one.ms = ms;
  one.flaky ||= flaky;
  if (image !== null) one.images.set(image, outcome === 'pass');
}

function isHost({ cause }: Pick<CaseResult, 'cause'>): boolean {
  return cause?.blame === 'host';
}

function contains(text: string, part: string | undefined): boolean {
  return part === undefined || text.toLowerCase().includes(part.toLowerCase());
}

/** A patch by what it changes, so that one that was renamed is the same; of runs of old by its name. */
function patchKey({ series }: StoredFacts, { point, patch, target }: Cell): string {
  const told = series.patches[point - 1];
  return `patch\0${told?.content ?? told?.name ?? patch ?? ''}\0${target}`;
}

/**
 * What runs of one series and tree say of its patches and cases.
 *
 * Cells and cases that the machine failed, that were skipped or not run say nothing.
 *
 * @param runs in any order, at least one
 */
export function timelineOf(runs: readonly StoredFacts[], filter: TrackFilter = {}): Timeline {
  const sorted = [...runs].sort((a, b) => a.started.localeCompare(b.started));
  const newest = sorted.at(-1);
  if (!newest) throw new Error('a history of no run');
  const tracks = new Tracks();
  // Either filter is about its own kind alone.
  const wants = {
    case: filter.patch === undefined || filter.case !== undefined,
    patch: filter.case === undefined || filter.patch !== undefined,
  };
  sorted.forEach((run, index) => {
    const patches = new Map<string, Seen>();
    const cases = new Map<string, Seen>();
    const names = new Map<string, readonly [string, string]>();
    for (const cell of run.cells) {
      const { target, outcome, patch, imageHash } = cell;
      if (filter.target !== undefined && target !== filter.target) continue;
      if (wants.patch && patch !== null && outcome !== 'not-run' && contains(patch, filter.patch)) {
        const key = patchKey(run, cell);
        names.set(key, [patch, target]);
        look(patches, key, outcome, cell.reused ? undefined : cell.ms, false, null);
      }
      if (!wants.case) continue;
      const isOld = cell.stages.test?.reused === true;
      for (const one of cell.cases) {
        if (one.outcome === 'skip' || one.outcome === 'not-run' || isHost(one)) continue;
        const name = `${one.suite}: ${one.name}`;
        if (!contains(name, filter.case)) continue;
        const key = `case\0${name}\0${target}`;
        if (!cases.has(key)) names.set(key, [name, target]);
        const flaky = one.tries !== undefined && one.tries.failed < one.tries.runs;
        // A result that was taken over is the same look, not another one.
        look(cases, key, one.outcome, isOld ? undefined : one.ms, flaky, isOld ? null : imageHash);
      }
    }
    for (const [kind, list] of [
      ['patch', patches],
      ['case', cases],
    ] as const) {
      for (const [key, seen] of list) {
        const [name, target] = names.get(key) ?? ['', ''];
        tracks.add(index, key, kind, name, target, seen);
      }
    }
  });
  const order = new Map(newest.series.patches.map(({ name }, index) => [name, index]));
  const place = ({ name }: Growing): number => order.get(name) ?? Number.POSITIVE_INFINITY;
  const plain = ({ kind, name, target, marks }: Growing): Track => ({ kind, name, target, marks });
  return {
    series: newest.series.name,
    tree: newest.tree.name,
    runs: sorted.map(({ id, started, ms, verdict, cells }) => ({ id, started, ms, verdict, cells: cells.length })),
    tracks: [
      ...tracks.list('patch').sort((a, b) => place(a) - place(b) || a.name.localeCompare(b.name)),
      ...tracks.list('case').sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)),
    ].map(plain),
  };
}
