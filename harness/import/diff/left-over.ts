import { parseHunkHeader } from '../../model/index.ts';
import { counted, isBlank } from '../text/bytes.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';
import { isSignature } from './structure.ts';

/** What looks like a line of code with a marker; prose that begins with a dash does not. */
const code = /^(?:\+|[ -]\t|[ -] {3,}\S|[ -][{}]| .*[;{}]\s*$|-\S.*[;{}]\s*$|[ -](?:\/\*|\*\/|#\w+\b|\/\/))/;

/** What no prose begins with, wherever it stands: a marker with code right after it, an empty added line, a hunk header. */
const surelyCode =
  /^(?:\+\s*$|@@ -\d|[+-]\t|[+-] {3,}\S|[+-]\S.*[;{}]\s*$|[+-][{}]\s*$|\+ .*[;{}]\s*$|[+-](?:\/\*|\*\/|#\w+\b|\/\/))/;

/** Ends the lines that stand next to a hunk: a blank line, a rule, a signature. */
const ending = /^(?:-{1,3}\s*|_{3,}\s*)$/;

/**
 * Lines after a hunk whose counts are met are text, unless they have the form of its lines: then the counts were too
 * small, and taking the hunk would lose them in silence.
 *
 * @param within another hunk of the same file follows
 */
export function tellLeftOver(lines: readonly TextLine[], within: boolean): Remark[] {
  const end = lines.findIndex(({ text }) => isBlank(text) || ending.test(text));
  const near = end < 0 ? lines : lines.slice(0, end);
  const lost = within ? lines.filter(({ text }) => /^[+ -]/.test(text) && !isBlank(text)) : near;
  return tellAfter(within || near.some(({ text }) => code.test(text)) ? lost : farther(lines));
}

/** The same of a page, whose furniture may look like context. */
export function tellCodeAfter(lines: readonly TextLine[]): Remark[] {
  return tellAfter(farther(lines));
}

/**
 * The same of lines that stand after the last one that a hunk was made of, where a line without marker had seemed to end
 * the diff: a hunk header that was cut in two is one.
 */
export function tellUnread(body: readonly TextLine[], last: number): Remark[] {
  return tellAfter(farther(body.filter(({ number }) => number > last)));
}

/** Whether text holds what can be nothing but lines of a diff. */
export function holdsCode(lines: readonly TextLine[]): boolean {
  return farther(lines).length > 0;
}

function tellAfter(lines: readonly TextLine[]): Remark[] {
  const [first] = lines;
  if (first === undefined) return [];
  return [
    {
      line: first.number,
      text: `${counted(lines.length, 'line')} of a diff after a hunk that is whole by the counts of its header: the header announces too few`,
    },
  ];
}

/** Lines of code with a marker that a blank line parts from the hunk, up to the signature. */
function farther(lines: readonly TextLine[]): readonly TextLine[] {
  const end = lines.findIndex(({ text }) => isSignature(text));
  return (end < 0 ? lines : lines.slice(0, end)).filter(({ text }) => surelyCode.test(text));
}

/**
 * Counts that are too large take in the header of the next file, whose two names look like a removed and an added line;
 * or somebody lets the end of a hunk look so.
 */
export function tellPose(
  header: TextLine,
  body: readonly TextLine[],
  lines: readonly TextLine[],
  next: number,
): Remark | undefined {
  const [before, last] = [body.at(-2), body.at(-1)];
  if (last === undefined || !namesPair(before?.text, last.text)) return undefined;
  if (parseHunkHeader(lines[next]?.text ?? '') === undefined) return undefined;
  const text = `the last lines of the hunk of line ${header.number} have the form of a file's header, with another hunk below: which file that one changes depends on the reader`;
  return { line: before?.number ?? last.number, text };
}

/** Counts that are too large by one removed line take in the signature of the mail. */
export function tellSwallowed(
  header: TextLine,
  body: readonly TextLine[],
  lines: readonly TextLine[],
  next: number,
): Remark | undefined {
  const last = body.at(-1);
  if (last?.text !== '-- ' || !/^\d+\.\d+[\w.-]*\s*$/.test(lines[next]?.text ?? '')) return undefined;
  return {
    line: last.number,
    text: `the hunk of line ${header.number} is not whole: the mail ends before its last line`,
  };
}

function namesPair(old: Bytes | undefined, next: Bytes): boolean {
  return old !== undefined && /^--- \S/.test(old) && /^\+\+\+ \S/.test(next);
}
