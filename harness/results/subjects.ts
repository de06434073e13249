import { type Cell, defined, isGood, type Outcome, type Subject, type Tries } from '../model/index.ts';

/** What one cell says of one subject. Skips, cells that did not run and the machine's faults say nothing. */
type State = 'good' | 'bad' | 'unknown';

/** A subject in one cell. */
export interface Sighting {
  readonly subject: Subject;
  /** Equal for the same case or stage on whatever target. */
  readonly key: string;
  readonly outcome: Outcome;
  readonly state: State;
  readonly summary: string;
  readonly tries?: Tries;
}

function stateOf(outcome: Outcome, blame: string | null | undefined): State {
  if (outcome === 'pass') return 'good';
  return isGood(outcome) || outcome === 'not-run' || blame === 'host' ? 'unknown' : 'bad';
}

function stageSightings(cell: Cell, wanted: (key: string) => boolean): Sighting[] {
  const seen: Sighting[] = [];
  for (const [name, { outcome }] of Object.entries(cell.stages)) {
    const stage = name as Cell['stage'];
    // The test stage stands for itself only where it has no cases to speak for it.
    if ((stage === 'test' && cell.cases.length > 0) || !wanted(stage)) continue;
    const here = stage === cell.stage ? cell : undefined;
    seen.push({
      subject: { target: cell.target, stage },
      key: stage,
      outcome,
      state: stateOf(outcome, here?.blame),
      summary: here?.cause?.summary ?? `${stage}: ${outcome}`,
    });
  }
  return seen;
}

/** Every stage and every case of a cell, or those whose key is wanted. */
export function sightings(cell: Cell, wanted: (key: string) => boolean = () => true): Sighting[] {
  const seen = stageSightings(cell, wanted);
  for (const { suite, name, outcome, cause, tries } of cell.cases) {
    const key = `test\0${suite}\0${name}`;
    if (!wanted(key)) continue;
    seen.push({
      subject: { target: cell.target, stage: 'test', suite, name },
      key,
      outcome,
      state: stateOf(outcome, cause?.blame),
      summary: cause?.summary ?? outcome,
      ...defined({ tries }),
    });
  }
  return seen;
}

/** Keys of what is bad in one of the cells at least. Most cells of most runs have nothing bad in them. */
export function badKeys(cells: Iterable<Cell>): Set<string> {
  const keys = new Set<string>();
  for (const cell of cells) {
    if (isGood(cell.outcome)) continue;
    for (const { key, state } of sightings(cell)) if (state === 'bad') keys.add(key);
  }
  return keys;
}
