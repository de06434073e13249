import { parseHunkHeader } from '../../model/index.ts';
import { isFiller } from '../diff/structure.ts';
import { isBlank } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';

const quote = /^((?: ?[>|]){1,6} ?)(?=@@ -\d|diff --git |--- \S|\+\+\+ \S|Index: \S)/;

/** The mark that a reply puts in front of quoted lines, where the diff of a text is quoted; undefined where it is not. */
export function findQuoteMark(lines: readonly TextLine[]): Bytes | undefined {
  if (lines.some(({ text }) => parseHunkHeader(text) !== undefined)) return undefined;
  const counts = new Map<string, number>();
  for (const { text } of lines) {
    const mark = quote.exec(text)?.[1];
    if (mark !== undefined) counts.set(mark, (counts.get(mark) ?? 0) + 1);
  }
  return [...counts].sort((a, b) => b[1] - a[1])[0]?.[0];
}

export interface Unquoted {
  readonly quoted: readonly TextLine[];
  /** What the replier wrote, and the head and foot of the page. */
  readonly own: readonly TextLine[];
}

/** Takes a quote mark off; lines without it are the replier's. */
export function unquoteLines(lines: readonly TextLine[], mark: Bytes): Unquoted {
  const quoted: TextLine[] = [];
  const own: TextLine[] = [];
  const short = mark.trimEnd();
  for (const line of lines) {
    const { text, number } = line;
    // Programs take trailing space away, and with it the one after the mark of an empty line.
    if (text.startsWith(mark)) quoted.push({ text: text.slice(mark.length), number });
    else if (text.startsWith(short)) quoted.push({ text: text.slice(short.length), number });
    else own.push(line);
  }
  return { quoted, own };
}

/** White space that stands in front of every line of a diff, where there is such; forums do that. */
export function findMargin(lines: readonly TextLine[]): Bytes | undefined {
  let margin: Bytes | undefined;
  for (const { text } of lines) {
    const shifted = /^([ \t]+)(?=@@ -\d+(?:,\d+)? \+\d)/.exec(text)?.[1];
    if (shifted === undefined) {
      if (parseHunkHeader(text) !== undefined) return undefined;
      continue;
    }
    if (margin !== undefined && margin !== shifted) return undefined;
    margin = shifted;
  }
  return margin;
}

export function withoutMargin(lines: readonly TextLine[], margin: Bytes): TextLine[] {
  return lines.map((line) => (line.text.startsWith(margin) ? { ...line, text: line.text.slice(margin.length) } : line));
}

/**
 * Takes the blank line after each line away, also the one after a line that is blank itself, where the diff has such a
 * line after every one. Undefined where it has not.
 */
export function singleSpaced(lines: readonly TextLine[]): TextLine[] | undefined {
  const from = lines.findIndex(({ text }) => parseHunkHeader(text) !== undefined);
  if (from < 0 || lines.length - from < 8 || !isDoubled(lines.slice(from))) return undefined;
  const above = lines.slice(0, from);
  return [...(isDoubled(above) ? halved(above) : above), ...halved(lines.slice(from))];
}

function isDoubled(lines: readonly TextLine[]): boolean {
  const last = lines.findLastIndex(({ text }) => !isBlank(text));
  return lines
    .slice(0, Math.max(0, last))
    .every(({ text }, at) => isFiller(text) || isFiller(lines[at + 1]?.text ?? ''));
}

function halved(lines: readonly TextLine[]): TextLine[] {
  const out: TextLine[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined) break;
    out.push(line);
    if (isBlank(lines[at + 1]?.text ?? 'end')) at++;
  }
  return out;
}
