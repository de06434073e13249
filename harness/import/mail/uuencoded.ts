import { splitLines } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';

/** A file in the form in which mail programs of old attached it: within the text, between `begin` and `end`. */
export interface UuencodedFile {
  readonly fileName: string;
  /** Line at which it begins. */
  readonly line: number;
  readonly bytes: Bytes;
  /** What was not as it should be. */
  readonly problem?: string;
}

const begin = /^begin(-base64)? [0-7]{3,4} (\S.*?)\s*$/;

/** A quick look: without this no such file is in a text. */
export const maybeUuencoded = /^begin(?:-base64)? [0-7]{3,4} \S/m;

/** Takes the files out of a text; what is left is the text around them. */
export function takeUuencoded(lines: readonly TextLine[]): {
  readonly rest: readonly TextLine[];
  readonly files: readonly UuencodedFile[];
} {
  const rest: TextLine[] = [];
  const files: UuencodedFile[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = lines[at] as TextLine;
    const [, base64, fileName] = (line.text.startsWith('begin') ? begin.exec(line.text) : undefined) ?? [];
    const end = fileName === undefined ? -1 : endOf(lines, at + 1, base64 !== undefined);
    if (fileName === undefined || end < 0) {
      rest.push(line);
      continue;
    }
    const data = lines.slice(at + 1, end).map(({ text }) => text.trimEnd());
    const whole = /^(?:end|={4})\s*$/.test(lines[end]?.text ?? '');
    const bytes = base64 === undefined ? decode(data) : Buffer.from(data.join(''), 'base64').toString('latin1');
    const problem =
      bytes === undefined || !whole
        ? `the uuencoded file ${fileName} is damaged: it has no end or lines are cut`
        : undefined;
    files.push({ fileName, line: line.number, bytes: bytes ?? '', ...(problem === undefined ? {} : { problem }) });
    at = end;
  }
  return { rest, files };
}

/** The line that ends a file, or the first that can not belong to it; less than 0 where nothing was encoded at all. */
function endOf(lines: readonly TextLine[], from: number, base64: boolean): number {
  const data = base64 ? /^[A-Za-z0-9+/]+={0,2}\s*$/ : /^(?:[ -`]+\s*|[`\s])$/;
  const last = base64 ? /^={4}\s*$/ : /^end\s*$/;
  let at = from;
  while (at < lines.length && !last.test(lines[at]?.text ?? '') && data.test(lines[at]?.text ?? '')) at++;
  return at === from && !last.test(lines[at]?.text ?? '') ? -1 : at;
}

/** Each line says its length in its first character; four characters give three bytes. Undefined where one is too short. */
function decode(lines: readonly Bytes[]): Bytes | undefined {
  const out: number[] = [];
  for (const text of lines) {
    const length = value(text, 0);
    if (length === 0) continue;
    // Trailing spaces, which stand for zeros, get lost on the way.
    if (text.length < 1 + Math.floor((length * 4) / 3) - 3) return undefined;
    const bytes: number[] = [];
    for (let at = 1; bytes.length < length; at += 4) {
      const word =
        (value(text, at) << 18) | (value(text, at + 1) << 12) | (value(text, at + 2) << 6) | value(text, at + 3);
      bytes.push((word >> 16) & 255, (word >> 8) & 255, word & 255);
    }
    out.push(...bytes.slice(0, length));
  }
  return Buffer.from(out).toString('latin1');
}

function value(text: Bytes, at: number): number {
  return at < text.length ? (text.charCodeAt(at) - 32) & 63 : 0;
}

/** The lines of such a file; all stand where it begins. */
export function linesOf({ bytes, line }: UuencodedFile): TextLine[] {
  return splitLines(bytes).map(({ text }) => ({ text, number: line }));
}
