import type { AlignedLine } from '../diff/hunk.ts';
import type { Bytes } from '../text/types.ts';

export interface Indented {
  readonly hunks: readonly (readonly AlignedLine[])[];
  /** How many added lines got other white space than the source shows. */
  readonly changed: number;
}

/** How a rendering shows tabs: as so many columns each, the first one less where it counts the marker in. */
interface TabWidth {
  readonly columns: number;
  readonly shift: 0 | -1;
}

interface Pair {
  readonly shown: Bytes;
  readonly real: Bytes;
}

const leading = /^[ \t]*/;

export function indentOf(text: Bytes): Bytes {
  return leading.exec(text)?.[0] ?? '';
}

/**
 * Gives the added lines of a file their tabs back, as far as the old lines beside them show how they were lost: by one
 * rule for all (each tab became eight columns), else each run of added lines from its neighbours.
 */
export function restoreIndentation(hunks: readonly (readonly AlignedLine[])[]): Indented {
  const pairs = hunks.flatMap(pairsOf);
  if (pairs.every(({ shown, real }) => shown === real) || !pairs.some(({ real }) => real.includes('\t'))) {
    return { hunks, changed: 0 };
  }
  // Lines with a marker may be shown in another way than context; added lines are as removed ones are.
  const width =
    findTabWidth(pairs) ??
    findTabWidth(
      hunks.flatMap((lines) => pairsOf(lines.filter(isRemoved))),
      [8, 4, 2, 3, 1],
    );
  const everywhere = width !== undefined && tabsInside(hunks, width);
  let changed = 0;
  const restored = hunks.map((lines) => {
    const texts = width === undefined ? fromNeighbours(lines) : undefined;
    return lines.map((line, index) => {
      if (line.kind !== '+') return line;
      const text =
        width === undefined ? (texts?.get(index) ?? line.text) : (everywhere ? allToTabs : toTabs)(line.text, width);
      if (text === line.text) return line;
      changed++;
      return { ...line, text };
    });
  });
  return { hunks: restored, changed };
}

function isRemoved({ kind }: AlignedLine): boolean {
  return kind === '-';
}

/** Whether the old lines show that runs of spaces within a line were tabs as well. */
function tabsInside(hunks: readonly (readonly AlignedLine[])[], width: TabWidth): boolean {
  let seen = false;
  for (const { kind, text, raw } of hunks.flat()) {
    if (kind === '+' || kind === '\\') continue;
    const shown = raw.slice(1);
    const [leadingOnly, all] = [toTabs(shown, width), allToTabs(shown, width)];
    if (leadingOnly === all) continue;
    if (all !== text) return false;
    seen = true;
  }
  return seen;
}

function pairsOf(lines: readonly AlignedLine[]): Pair[] {
  // Where one context line has lost its marker, the others have too, whatever they begin with.
  const unmarked = lines.some(({ marked }) => !marked);
  return lines.flatMap(({ kind, text, raw }) => {
    if ((kind !== ' ' && kind !== '-') || text.trim() === '' || raw.trim() === '') return [];
    return [{ shown: indentOf(unmarked && kind === ' ' ? raw : raw.slice(1)), real: indentOf(text) }];
  });
}

/** The width that explains every pair, where there is one. */
function findTabWidth(pairs: readonly Pair[], widths = [8, 4, 2, 3]): TabWidth | undefined {
  if (!pairs.some(({ real }) => real.includes('\t'))) return undefined;
  for (const columns of widths) {
    for (const shift of [0, -1] as const) {
      const width = { columns, shift };
      if (pairs.every(({ shown, real }) => shown === expand(real, width))) return width;
    }
  }
  return undefined;
}

function expand(indent: Bytes, { columns, shift }: TabWidth): Bytes {
  const tabs = /^\t*/.exec(indent)?.[0].length ?? 0;
  return ' '.repeat(tabs === 0 ? 0 : tabs * columns + shift) + indent.slice(tabs);
}

/** Turns leading spaces back into tabs. */
export function toTabs(text: Bytes, { columns, shift }: TabWidth): Bytes {
  const shown = indentOf(text);
  if (shown.includes('\t')) return text;
  // The star of a comment's continuation has a space of its own.
  const star = columns === 1 && text.startsWith('*', shown.length) ? 1 : 0;
  const length = Math.max(0, shown.length - star);
  const tabs = Math.max(0, Math.floor((length - shift) / columns));
  const rest = tabs === 0 ? length : length - shift - tabs * columns;
  return '\t'.repeat(tabs) + ' '.repeat(rest + (shown.length - length)) + text.slice(shown.length);
}

/** Turns leading spaces, and every run of spaces that ends at a tab stop, into tabs. */
export function allToTabs(text: Bytes, { columns, shift }: TabWidth): Bytes {
  if (columns !== 8) return toTabs(text, { columns, shift });
  let out = '';
  let column = -shift;
  for (const [run] of text.matchAll(/ +|[^ ]+/g)) {
    const end = column + run.length;
    const tabs = Math.floor(end / 8) - Math.floor(column / 8);
    if (!run.startsWith(' ') || tabs === 0) out += run;
    else if (out === '') out += '\t'.repeat(tabs) + ' '.repeat(end % 8);
    else out += end % 8 === 0 && run.length > 1 ? '\t'.repeat(tabs) : run;
    column = end;
  }
  return out;
}

/** New texts of added lines, by index, where the lines around a run agree on how deep it is. */
function fromNeighbours(lines: readonly AlignedLine[]): Map<number, Bytes> {
  const texts = new Map<number, Bytes>();
  for (let at = 0; at < lines.length; at++) {
    if (lines[at]?.kind !== '+') continue;
    let end = at;
    while (lines[end]?.kind === '+') end++;
    const run = lines.slice(at, end);
    const replaced = removedBefore(lines, at);
    if (replaced.length === run.length) {
      for (const [index, line] of run.entries()) {
        const old = replaced[index]?.text ?? '';
        if (line.text.trim() !== '') texts.set(at + index, indentOf(old) + line.text.trimStart());
      }
    } else {
      const indents = indentRun(run, neighbour(lines, at - 1, -1), neighbour(lines, end, 1));
      for (const [index, indent] of indents ?? []) texts.set(at + index, indent + (run[index]?.text.trimStart() ?? ''));
    }
    at = end;
  }
  return texts;
}

function removedBefore(lines: readonly AlignedLine[], at: number): readonly AlignedLine[] {
  let start = at;
  while (lines[start - 1]?.kind === '-') start--;
  return lines.slice(start, at);
}

/** The indentation of the nearest old line with text, a comment's continuation counted as its beginning. */
function neighbour(lines: readonly AlignedLine[], from: number, step: 1 | -1): Bytes | undefined {
  for (let at = from; at >= 0 && at < lines.length; at += step) {
    const line = lines[at];
    if (line === undefined || (line.kind !== ' ' && line.kind !== '-') || line.text.trim() === '') continue;
    const indent = indentOf(line.text);
    return line.text.startsWith('*', indent.length) ? indent.replace(/ $/, '') : indent;
  }
  return undefined;
}

const atMargin = /^\s*(?:#|\w+:\s*$)/;
const continuesComment = /^\s*\*/;

function indentRun(
  run: readonly AlignedLine[],
  before: Bytes | undefined,
  after: Bytes | undefined,
): Map<number, Bytes> | undefined {
  const structural = run.filter(
    ({ text }) => text.trim() !== '' && !atMargin.test(text) && !continuesComment.test(text),
  );
  const widths = structural.map(({ text }) => indentOf(text).length);
  const least = Math.min(...widths);
  const base = agree(before, after, widths.length > 0 && least > 0);
  if (base === undefined) return undefined;
  const step = widths.map((width) => width - least).reduce(greatestDivisor, 0);
  const indents = new Map<number, Bytes>();
  let comment = base;
  for (const [index, { text }] of run.entries()) {
    if (text.trim() === '' || atMargin.test(text)) continue;
    if (continuesComment.test(text)) {
      indents.set(index, `${comment} `);
      continue;
    }
    const depth = step === 0 ? 0 : (indentOf(text).length - least) / step;
    const indent = base + '\t'.repeat(depth);
    comment = indent;
    indents.set(index, indent);
  }
  return indents;
}

function agree(before: Bytes | undefined, after: Bytes | undefined, indented: boolean): Bytes | undefined {
  if (before === undefined || after === undefined) return before ?? after;
  if (before === after) return before;
  // The run is indented, so the neighbour at the margin is another block's.
  if (indented && (before === '' || after === '')) return before === '' ? after : before;
  return undefined;
}

function greatestDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestDivisor(b, a % b);
}
