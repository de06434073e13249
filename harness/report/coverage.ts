import {
  type Cell,
  countLines,
  countPatches,
  type FileCoverage,
  groupBy,
  type LineCount,
  type NeedlessEntry,
  type PatchCoverage,
  percentWords,
  type Run,
  unmeasuredReason,
} from '../model/index.ts';
import { firstOf, oneLine, plural, pointWords } from './words.ts';

/** Most lines that one patch gets, most files of one line, and most cases that are named. */
const most = { lines: 12, files: 6, cases: 5 } as const;
/** Lines without code that may lie between two that never ran, and are named as one range with them. */
const gap = 4;

type MeasuredCell = Cell & { readonly coverage: NonNullable<Cell['coverage']> };

/** Cells that know something of what was executed. */
export function measuredCells(run: Run): MeasuredCell[] {
  const isMeasured = (cell: Cell): cell is MeasuredCell =>
    cell.coverage !== undefined && cell.coverage.unmeasured === undefined;
  return run.cells.filter(isMeasured);
}

/** `61 of 70 new lines executed`; of a patch without code, that it has none. */
export function countWords({ lines, executed, accepted }: LineCount, on: string): string {
  if (lines === 0) return `no new line with code on ${on}`;
  const more = accepted === 0 ? '' : `, ${accepted.toLocaleString('en-US')} accepted`;
  return `${executed.toLocaleString('en-US')} of ${lines.toLocaleString('en-US')} new lines executed on ${on}${more}`;
}

/** `kernel/container/clone.c:88-94, 97`; undefined where every line with code ran. */
function neverIn({ path, lines }: FileCoverage): string | undefined {
  const ranges: { from: number; to: number }[] = [];
  let isOpen = false;
  for (const { from, to, by, accepted } of lines) {
    const last = ranges.at(-1);
    if (by.length > 0 || accepted !== undefined) isOpen = false;
    else if (isOpen && last && from - last.to <= gap) last.to = to;
    else {
      ranges.push({ from, to });
      isOpen = true;
    }
  }
  if (ranges.length === 0) return undefined;
  return oneLine(`${path}:${ranges.map(({ from, to }) => (from === to ? String(from) : `${from}-${to}`)).join(', ')}`);
}

function neverWords({ files }: PatchCoverage): string {
  return firstOf(
    files.flatMap((file) => neverIn(file) ?? []),
    most.files,
  ).join('; ');
}

function unknownWords({ files }: PatchCoverage): string {
  const told = files.flatMap(({ path, added, unknown }) =>
    unknown === undefined ? [] : [oneLine(`${path} (${plural(added, 'new line')}): ${unknown}`)],
  );
  return firstOf(told, most.files).join('; ');
}

interface OnTarget {
  readonly target: string;
  readonly patch: PatchCoverage;
}

/** The same words of several targets once: `never on x86_64, s390x: …`. */
function byWords(all: readonly OnTarget[], what: string, wordsOf: (patch: PatchCoverage) => string): string[] {
  const groups = groupBy(all, ({ patch }) => wordsOf(patch));
  return [...groups].flatMap(([words, some]) => {
    if (words === '') return [];
    const on = some.length === all.length ? '' : ` on ${some.map(({ target }) => target).join(', ')}`;
    return [`    ${what}${on}: ${words}`];
  });
}

function patchLines(run: Run, point: number): string[] {
  const all = measuredCells(run).flatMap(({ target, coverage }): OnTarget[] => {
    const patch = coverage.patches.find((one) => one.point === point);
    return patch && patch.files.length > 0 ? [{ target, patch }] : [];
  });
  if (all.length === 0) return [];
  const counts = all.map(({ target, patch }) => countWords(countPatches([patch]), target)).join('; ');
  return [
    `  patch ${pointWords(run, point)}: ${counts}`,
    ...firstOf([...byWords(all, 'never', neverWords), ...byWords(all, 'not measured', unknownWords)], most.lines),
  ];
}

/** `x86_64: 812 of 1,034 new lines executed (78.5 %), 40 of them only while it booted` */
function totalLine({ target, coverage }: MeasuredCell): string {
  const count = countPatches(coverage.patches);
  if (count.lines === 0) return `  ${countWords(count, target)}`;
  const stretches = coverage.patches.flatMap(({ files }) => files.flatMap(({ lines }) => lines));
  const boot = countLines(stretches.filter(({ by }) => by.length === 1 && by[0] === 0)).lines;
  const only = boot === 0 ? '' : `, ${boot} of them only while it booted`;
  return `  all patches: ${countWords(count, target)} (${percentWords(count)})${only}`;
}

function unreadLine({ target, coverage }: MeasuredCell): string[] {
  const { unread } = coverage;
  if (unread.length === 0) return [];
  const names = firstOf(
    unread.map((one) => oneLine(one)),
    most.cases,
  ).join(', ');
  return [`  not known on ${target} what ${plural(unread.length, 'case')} executed: ${names}`];
}

/** Entries of the series' list that no measured target needs, each once. */
function needlessLines(cells: readonly MeasuredCell[]): string[] {
  const byCell = cells.map(({ coverage }) => coverage.needless ?? []);
  const everywhere = (entry: NeedlessEntry): boolean =>
    byCell.every((one) => one.some(({ what }) => what === entry.what));
  const needless = byCell.flat().filter((entry) => entry.own === true || everywhere(entry));
  return [...new Set(needless.map(({ what }) => what))].map((what) => `  no longer needed: ${oneLine(what)}`);
}

/** `coverage not measured on s390x: Linux 2.6.22 has no gcov`; the same reason of several targets once. */
export function unmeasuredWords(cells: readonly Cell[]): string[] {
  const silent = cells.filter((cell) => unmeasuredReason(cell) !== undefined);
  return [...groupBy(silent, (cell) => oneLine(unmeasuredReason(cell) ?? ''))].map(
    ([why, some]) => `coverage not measured on ${some.map(({ target }) => target).join(', ')}: ${why}`,
  );
}

/** What was executed of the new lines of each patch; nothing for a run that was not asked for it. */
export function coverageLines(run: Run): string[] {
  if (run.coverage === undefined) return [];
  const measured = measuredCells(run);
  return [
    `coverage of the new lines, at point ${run.coverage.point}:`,
    ...measured.map(totalLine),
    ...run.coverage.patches.flatMap(({ point }) => patchLines(run, point)),
    ...measured.flatMap(unreadLine),
    ...needlessLines(measured),
    ...unmeasuredWords(run.cells).map((line) => `  ${line}`),
  ];
}
