/** What became of faults, as tables. */
import Table from 'cli-table3';
import type { Fault } from './faults.ts';
import type { Fate } from './hunt.ts';

type Fates = ReadonlyMap<Fault, Fate>;

/** A list shows that its faults are caught, by the build as well; a mutant that is no kernel says nothing of the suites. */
export function verdictOf({ patch }: Pick<Fault, 'patch'>, { kind }: Pick<Fate, 'kind'>): Fate['kind'] {
  return kind === 'unbuilt' && patch === undefined ? 'caught' : kind;
}

function count(fates: Fates, wanted: Fate['kind']): number {
  return [...fates].filter(([fault, fate]) => verdictOf(fault, fate) === wanted).length;
}

const style = { head: [], border: [] };

function table(fates: Fates): string {
  const rows = new Table({ head: ['fault', 'caught by', 's'], colWidths: [46, 92, 6], wordWrap: true, style });
  for (const [fault, fate] of fates) {
    const kind = verdictOf(fault, fate);
    const what = kind === 'caught' ? fate.by : `${kind.toUpperCase()} (${fate.by})`;
    rows.push([fault.patch === undefined ? fault.does : `${fault.name}: ${fault.does}`, what, fate.seconds.toFixed(0)]);
  }
  return rows.toString();
}

function share(fates: Fates): string {
  const [caught, survived] = [count(fates, 'caught'), count(fates, 'survived')];
  return caught + survived === 0 ? '' : ` (${((100 * caught) / (caught + survived)).toFixed(1)} %)`;
}

/** By patch, and the survivors, with what came of each of the others left out: there are hundreds. */
function scores(fates: Fates): string {
  const rows = new Table({ head: ['patch', 'mutants', 'caught', 'survived', 'no kernel', 'not judged'], style });
  const patches = new Set([...fates.keys()].map(({ patch }) => patch));
  for (const patch of patches) {
    const own: Fates = new Map([...fates].filter(([fault]) => fault.patch === patch));
    rows.push([
      patch ?? '',
      own.size,
      `${count(own, 'caught')}${share(own)}`,
      ...(['survived', 'unbuilt', 'machine'] as const).map((kind) => count(own, kind)),
    ]);
  }
  const left: Fates = new Map([...fates].filter(([fault, fate]) => verdictOf(fault, fate) === 'survived'));
  return `${rows.toString()}${left.size === 0 ? '' : `\n${table(left)}`}`;
}

/** A table of the faults, or of the patches where they were generated, and the sums. */
export function fatesText(fates: Fates): string {
  const isGenerated = [...fates.keys()].some(({ patch }) => patch !== undefined);
  const sums = [
    `${count(fates, 'caught')} caught${share(fates)}`,
    `${count(fates, 'survived')} survived`,
    ...(isGenerated ? [`${count(fates, 'unbuilt')} are no kernel`] : []),
    `${count(fates, 'machine')} not judged`,
  ];
  return `${isGenerated ? scores(fates) : table(fates)}\n${fates.size} faults: ${sums.join(', ')}`;
}

/** One line for a fault whose fate is known. */
export function fateLine(fault: Fault, fate: Fate): string {
  const kind = verdictOf(fault, fate);
  return `    ${kind === 'survived' ? 'SURVIVED' : kind}: ${fate.by.split('\n')[0] ?? ''}`;
}
