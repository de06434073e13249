import { type Change, type ChangeKind, type Comparison, groupBy, type Run } from '../model/index.ts';
import { optionList } from './kernel-changes.ts';
import {
  changeWords,
  firstOf,
  numberRanges,
  oneLine,
  outcomeWords,
  plural,
  pointsWords,
  sizeWords,
  subjectWords,
} from './words.ts';

const kinds: readonly ChangeKind[] = ['new', 'fixed', 'still', 'flaky', 'gone'];
const most: Readonly<Record<ChangeKind, number>> = { new: 20, fixed: 10, still: 5, flaky: 10, gone: 5 };

function distinct(changes: readonly Change[], kind: ChangeKind): number {
  return new Set(changes.filter((one) => one.kind === kind).map((one) => `${one.target}\0${subjectWords(one)}`)).size;
}

/** `2 new failures, 1 fixed, 3 still failing` */
function comparisonCounts({ changes }: Comparison): string {
  const parts = kinds.flatMap((kind) => {
    const count = distinct(changes, kind);
    if (count === 0) return [];
    return [kind === 'new' ? plural(count, changeWords.new) : `${count} ${changeWords[kind]}`];
  });
  return parts.join(', ') || 'nothing failing in either, nothing lost';
}

function changeLine(change: Change): string {
  const { kind, before, now, tries } = change;
  const detail =
    tries !== undefined
      ? ` (failed ${tries.failed} of ${tries.runs} times)`
      : kind === 'flaky'
        ? ` (${before ?? 'no result'} before, ${now ?? 'no result'} now, same image)`
        : kind === 'new'
          ? ` (${now === null ? '' : outcomeWords[now]}; ${before === null ? 'not there' : outcomeWords[before]} before)`
          : '';
  return `${change.target}, ${pointsWords(change.points)}: ${subjectWords(change)}${detail}`;
}

function cellWords(run: Run, point: number, target: string): string {
  return `${target}, point ${point}/${run.series.patches.length}`;
}

/** `patches: 3 of 10 changed (2, 5, 7), 6 equal, 1 new (9); dropped: old.patch`; empty where all are equal. */
function revisionLines({ series }: Run, { revision }: Comparison): string[] {
  if (!revision) return [];
  const { equal, changed, added, dropped } = revision;
  if (changed.length + added.length + dropped.length === 0) return [];
  const numbers = (points: readonly number[]): string => (points.length === 0 ? '' : ` (${numberRanges(points)})`);
  const parts = [
    `${changed.length} of ${series.patches.length} changed${numbers(changed.map(({ now }) => now))}`,
    `${equal.length} equal`,
    ...(added.length === 0 ? [] : [`${added.length} new${numbers(added)}`]),
  ];
  const gone = dropped.length === 0 ? '' : `; dropped: ${firstOf(dropped.map(oneLine), 5).join(', ')}`;
  return [`patches: ${parts.join(', ')}${gone}`];
}

/** A run beside an earlier one, for people. */
export function comparisonLines(run: Run): string[] {
  const { comparison } = run;
  if (!comparison) return [];
  const { against, changes, warnings, sizes, config, unmatched } = comparison;
  const byKind = groupBy(changes, (change) => change.kind);
  const lines = kinds.flatMap((kind) =>
    firstOf(
      (byKind.get(kind) ?? []).map((change) => `${changeWords[kind]}: ${changeLine(change)}`),
      most[kind],
    ),
  );
  const fresh = warnings.flatMap(({ point, target, fresh: list }) =>
    list.map(
      ({ file, message }) =>
        `new warning: ${cellWords(run, point, target)}: ${oneLine(`${file === undefined ? '' : `${file}: `}${message}`)}`,
    ),
  );
  const last = [...groupBy(sizes, ({ target }) => target).values()]
    .map((list) => list.at(-1))
    .filter((one) => one !== undefined);
  return [
    `against ${against.id} (Linux ${against.kernelVersion}): ${comparisonCounts(comparison)}`,
    ...[
      ...revisionLines(run, comparison),
      ...lines,
      ...firstOf(fresh, 10),
      ...last.map((one) => `size: ${cellWords(run, one.point, one.target)}: ${sizeWords(one)}`),
      ...firstOf(
        config.map((one) => `options: ${cellWords(run, one.point, one.target)}: ${optionList(one.changes)}`),
        6,
      ),
      ...(unmatched.length > 0
        ? [
            `${plural(unmatched.length, 'cell')} ${unmatched.length === 1 ? 'has' : 'have'} no counterpart: what fails there is new unless the earlier run knew it elsewhere`,
          ]
        : []),
    ].map((line) => `  ${line}`),
  ];
}
