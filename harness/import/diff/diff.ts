import { parseHunkHeader } from '../../model/index.ts';
import type { Remark, TextLine } from '../text/types.ts';
import { binaryEnd } from './binary.ts';
import { tellForeign } from './foreign.ts';
import { holdsCode, tellCodeAfter, tellLeftOver, tellPose, tellSwallowed } from './left-over.ts';
import type { RawDiff, RawFile, RawHunk } from './raw.ts';
import { tellSecond } from './second.ts';
import {
  beginsFile,
  blobs,
  isCombined,
  isFence,
  isHeaderLine,
  isNamePair,
  isSignature,
  isStructure,
  startsNamedDiff,
} from './structure.ts';
import { takeHunk } from './take.ts';
import { tellTwice } from './twice.ts';
import { isNamed, tellFile, tellHeadless } from './whole.ts';

interface OpenFile {
  header: TextLine[];
  hunks: RawHunk[];
  /** A binary patch, or all that a file without hunks has: what follows is text. */
  ended: boolean;
  /** Lines of it without a hunk header were told. */
  lost: boolean;
  /** First hunk of a merge. */
  combined?: TextLine;
}

interface Reading {
  readonly lines: readonly TextLine[];
  readonly exact: boolean;
  readonly files: OpenFile[];
  readonly problems: Remark[];
  readonly refusals: Remark[];
  rest: readonly TextLine[];
}

/**
 * Finds the files and hunks of a diff that may be damaged. Every line ends up in a file, in the rest, or in a problem.
 *
 * @param exact the lines are as they were sent, which those of a mail are and those of a page need not be: met counts
 *   end a hunk, and what follows is text
 */
export function parseDiff(lines: readonly TextLine[], exact = false): RawDiff {
  const reading: Reading = { lines, exact, files: [], problems: [], refusals: [], rest: [] };
  for (let at = 0; at < lines.length; ) at = takeNext(reading, at);
  const files: RawFile[] = [];
  for (const file of reading.files) {
    const { problem, keep } = tellFile(file);
    if (problem !== undefined) reading.problems.push(problem);
    if (keep) files.push({ header: file.header, hunks: file.hunks });
  }
  const problems = [...reading.problems, ...tellTwice(files)].toSorted((one, other) => one.line - other.line);
  return { files, rest: reading.rest, problems, refusals: reading.refusals };
}

/** Takes what begins at an index, and gives the index after it. */
function takeNext(reading: Reading, at: number): number {
  const { lines, exact, files } = reading;
  const line = lines[at] as TextLine;
  const counts = parseHunkHeader(line.text);
  let file = files.at(-1);
  if (counts !== undefined) {
    if (file === undefined) files.push((file = newFile()));
    const { body, literal, next } = takeHunk(lines, at + 1, { old: counts.old.count, new: counts.new.count }, exact);
    file.hunks.push({ header: line, ...counts, body, literal });
    if (literal) takeDoubts(reading, line, body, next);
    return next;
  }
  if (isCombined(line.text)) {
    if (file === undefined) files.push((file = newFile()));
    file.combined ??= line;
    file.ended = true;
    return nextStructure(reading, at + 1);
  }
  const begins = exact ? startsNamedDiff(lines, at) : beginsFile(line.text) || isNamePair(lines, at);
  // An index line begins a file where nothing above it has.
  const mayBegin = begins || blobs.test(line.text);
  if (file !== undefined && (file.ended || file.hunks.length > 0) && !mayBegin) return skipText(reading, file, at);
  const more =
    file !== undefined &&
    ((beginsFile(line.text) && !isIndexAbove(file.header, line.text)) ||
      (isNamed(file.header) && isNamePair(lines, at)));
  if (file === undefined || file.ended || file.hunks.length > 0 || more) files.push((file = newFile()));
  return takeHeader(reading, file, at);
}

function takeDoubts(reading: Reading, header: TextLine, body: readonly TextLine[], next: number): void {
  const { lines, exact, problems, refusals } = reading;
  const pose = exact ? tellPose(header, body, lines, next) : undefined;
  if (pose !== undefined) {
    problems.push(pose);
    refusals.push(pose);
  }
  const swallowed = tellSwallowed(header, body, lines, next);
  if (swallowed !== undefined) problems.push(swallowed);
}

function newFile(): OpenFile {
  return { header: [], hunks: [], ended: false, lost: false };
}

function takeHeader(reading: Reading, file: OpenFile, at: number): number {
  const { lines, exact } = reading;
  const line = lines[at] as TextLine;
  if (line.text.startsWith('GIT binary patch')) {
    const end = binaryEnd(lines, at);
    file.header.push(...lines.slice(at, end));
    file.ended = true;
    return end;
  }
  if (file.header.length > 0 && (isSignature(line.text) || (exact && endsHeader(lines, at)))) {
    file.ended = true;
    return skipText(reading, file, at);
  }
  file.header.push(line);
  return at + 1;
}

/** Whether a line between those of a header is text after it: none of the lines below belongs to the same file. */
function endsHeader(lines: readonly TextLine[], at: number): boolean {
  if (isHeaderLine(lines[at]?.text ?? '')) return false;
  for (let next = at + 1; next < Math.min(lines.length, at + 8); next++) {
    if (startsNamedDiff(lines, next) && !isNamePair(lines, next)) return true;
    if (isHeaderLine(lines[next]?.text ?? '') || parseHunkHeader(lines[next]?.text ?? '') !== undefined) return false;
  }
  return true;
}

function nextStructure({ lines, exact }: Reading, from: number): number {
  let next = from;
  const begins = (at: number): boolean =>
    exact
      ? startsNamedDiff(lines, at) ||
        parseHunkHeader(lines[at]?.text ?? '') !== undefined ||
        isCombined(lines[at]?.text ?? '')
      : isStructure(lines, at);
  while (next < lines.length && !begins(next)) next++;
  return next;
}

function skipText(reading: Reading, file: OpenFile, at: number): number {
  const { lines, exact } = reading;
  const next = nextStructure(reading, at);
  const text = lines.slice(at, next);
  if (next >= lines.length) reading.rest = text;
  const within = parseHunkHeader(lines[next]?.text ?? '') !== undefined;
  reading.problems.push(...tellForeign(text), ...(next < lines.length ? tellSecond(text) : []));
  if (file.hunks.length > 0) reading.problems.push(...(exact ? tellLeftOver(text, within) : tellCodeAfter(text)));
  else if (exact && (isNamed(file.header) || holdsCode(text))) {
    const lost = tellHeadless(text);
    file.lost ||= lost.length > 0;
    reading.problems.push(...lost);
  }
  return next;
}

const aboveDiff = /^(?:Index: |[=\s]*$|RCS file: |retrieving revision )/;

/** quilt and cvs write `Index: x`, a ruler and perhaps `diff …` for one and the same file. */
function isIndexAbove(header: readonly TextLine[], text: string): boolean {
  return text.startsWith('diff -') && header.every((line) => aboveDiff.test(line.text) || isFence(line.text));
}
