import { isBlank } from '../text/bytes.ts';
import type { Bytes, Line } from '../text/types.ts';

export interface Range {
  readonly start: number;
  readonly count: number;
}

/** A hunk as a source shows it, whole or not. */
export interface RawHunk {
  readonly header: Line;
  readonly old: Range;
  readonly new: Range;
  /** Everything up to the next header, or exactly the hunk's lines where `literal`. */
  readonly body: readonly Line[];
  /** The lines have their markers and agree with the header's counts. */
  readonly literal: boolean;
}

/** What a source shows of one file of a diff. */
export interface RawFile {
  /** Lines before the first hunk, as they are there; a binary patch is among them. */
  readonly header: readonly Line[];
  readonly hunks: readonly RawHunk[];
}

export interface RawDiff {
  readonly files: readonly RawFile[];
  /** What follows the last hunk: a signature, the foot of a page. */
  readonly rest: readonly Line[];
}

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;
const blobs = /^index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40}(?: [0-7]{6})?\s*$/;

export function parseHunkHeader(text: Bytes): { old: Range; new: Range } | undefined {
  const match = hunkHeader.exec(text);
  if (match === null) return undefined;
  const range = (start?: string, count?: string): Range => ({ start: Number(start), count: Number(count ?? 1) });
  return { old: range(match[1], match[2]), new: range(match[3], match[4]) };
}

/** Whether the line at an index begins a file or a hunk; content lines of a hunk never look so but for `---` pairs. */
function isStructure(lines: readonly Line[], at: number): boolean {
  const text = lines[at]?.text ?? '';
  if (/^(diff --git |diff -\S|Index: \S)/.test(text) || blobs.test(text) || hunkHeader.test(text)) return true;
  return isNamePair(lines, at);
}

/** `--- a/x` with `+++ b/x` below it, perhaps behind blank lines. */
function isNamePair(lines: readonly Line[], at: number): boolean {
  if (!/^--- \S/.test(lines[at]?.text ?? '')) return false;
  let next = at + 1;
  while (next < lines.length && isFiller(lines[next]?.text ?? '')) next++;
  return /^\+\+\+ \S/.test(lines[next]?.text ?? '') && next - at < 6;
}

/** Lines that renderings put between others: blank ones and the fences of markdown. */
export function isFiller(text: Bytes): boolean {
  return isBlank(text) || isFence(text);
}

export function isFence(text: Bytes): boolean {
  return /^\s*(?:```|~~~)[\w-]*\s*$/.test(text);
}

/** The line that ends the text of a mail. */
export function isSignature(text: Bytes): boolean {
  return /^-- ?$/.test(text);
}

/** Finds the files and hunks of a diff that may be damaged. Every line ends up somewhere. */
export function parseDiff(lines: readonly Line[]): RawDiff {
  const files: { header: Line[]; hunks: RawHunk[] }[] = [];
  let at = 0;
  let rest: readonly Line[] = [];
  while (at < lines.length) {
    const line = lines[at];
    if (line === undefined) break;
    const counts = parseHunkHeader(line.text);
    let file = files.at(-1);
    if (counts !== undefined) {
      if (file === undefined) files.push((file = { header: [], hunks: [] }));
      const { body, literal, next } = takeHunk(lines, at + 1, counts.old.count, counts.new.count);
      file.hunks.push({ header: line, ...counts, body, literal });
      at = next;
      continue;
    }
    const begins = /^(diff --git |diff -\S|Index: \S)/.test(line.text);
    // These two begin a file where nothing above them has.
    const mayBegin = blobs.test(line.text) || isNamePair(lines, at);
    if (file !== undefined && file.hunks.length > 0 && !begins && !mayBegin) {
      let next = at;
      while (next < lines.length && !isStructure(lines, next)) next++;
      if (next >= lines.length) rest = lines.slice(at);
      at = next;
      continue;
    }
    const fresh = file === undefined || file.hunks.length > 0 || (begins && !isIndexAbove(file.header, line.text));
    if (fresh || file === undefined) files.push((file = { header: [], hunks: [] }));
    if (isSignature(line.text) && file.header.length > 0) {
      rest = lines.slice(at);
      break;
    }
    file.header.push(line);
    at++;
  }
  return { files, rest };
}

/** quilt and cvs write `Index: x`, a ruler and perhaps `diff …` for one and the same file. */
function isIndexAbove(header: readonly Line[], text: Bytes): boolean {
  return text.startsWith('diff -') && header.every((line) => /^Index: |^[=\s]*$/.test(line.text) || isFence(line.text));
}

interface TakenHunk {
  readonly body: readonly Line[];
  readonly literal: boolean;
  readonly next: number;
}

function takeHunk(lines: readonly Line[], from: number, oldCount: number, newCount: number): TakenHunk {
  let oldLeft = oldCount;
  let newLeft = newCount;
  let at = from;
  let blanks = false;
  while (at < lines.length) {
    const text = lines[at]?.text ?? '';
    if (text.startsWith('\\')) {
      at++;
      continue;
    }
    if (oldLeft <= 0 && newLeft <= 0) break;
    const kind = text[0] ?? '';
    if (kind === '+') newLeft--;
    else if (kind === '-') oldLeft--;
    else if (kind === ' ' || kind === '') {
      oldLeft--;
      newLeft--;
      blanks ||= kind === '';
    } else break;
    at++;
  }
  let next = at;
  const whole = oldLeft === 0 && newLeft === 0;
  if (whole && looksUnfinished(lines, at, blanks)) {
    while (next < lines.length && !isStructure(lines, next)) next++;
    return { body: lines.slice(from, next), literal: false, next };
  }
  if (whole) return { body: lines.slice(from, at), literal: true, next: at };
  next = from;
  while (next < lines.length && !isStructure(lines, next)) next++;
  return { body: lines.slice(from, next), literal: false, next };
}

/** Whether what follows a hunk that its counts call whole seems to belong to it still. */
function looksUnfinished(lines: readonly Line[], at: number, blanks: boolean): boolean {
  let next = at;
  let fence = false;
  for (; next < lines.length && isFiller(lines[next]?.text ?? ''); next++) fence ||= isFence(lines[next]?.text ?? '');
  const text = lines[next]?.text;
  if (blanks && fence) return true;
  if (text === undefined || isSignature(text) || isStructure(lines, next)) return false;
  // With blank lines counted as context, the counts prove nothing while there is more text.
  return blanks || /^[+-]/.test(text);
}
