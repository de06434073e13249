import type { Bytes, TextLine } from './types.ts';

export { charsetName, decodeText, decodeUtf7, toBytes } from './charset.ts';

/** The bytes for a file. */
export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1');
}

/** Splits text into lines numbered from `first`; a final newline makes no line of its own. */
export function splitLines(text: Bytes, first = 1): TextLine[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ text: line, number: first + index }));
}

const structural = /^(?:diff --git |--- \S|\+\+\+ \S|@@ -\d|index [0-9a-f]+\.\.)/;

/** Names that git never ends with a CR, whatever line ends the files have; a hunk's header may end in a line of theirs. */
const naming = /^(?:diff --git |--- \S|\+\+\+ \S)/;

/**
 * Takes one CR off line ends where each line has one, or each line of a diff that names files and hunks: then it is not
 * the files that have Windows line ends. One such line may have lost its own on the way. Undefined where that is not so.
 */
export function withoutCarriageReturns(lines: readonly TextLine[]): TextLine[] | undefined {
  const hasReturn = ({ text }: TextLine): boolean => text.endsWith('\r');
  if (!lines.some(hasReturn)) return undefined;
  const heads = lines.filter(({ text }) => structural.test(text));
  const without = heads.filter((line) => !hasReturn(line)).length;
  const names = heads.filter((line) => naming.test(line.text) && hasReturn(line)).length;
  const sent = heads.length > 0 && (without === 0 || (without === 1 && names > 1));
  if (!lines.every(hasReturn) && !sent) return undefined;
  return lines.map((line) => (hasReturn(line) ? { text: line.text.slice(0, -1), number: line.number } : line));
}

export function joinText(lines: readonly TextLine[]): Bytes {
  return lines.map(({ text }) => text).join('\n');
}

export function isBlank(text: Bytes): boolean {
  return text.trim() === '';
}

/** `1 line`, `2 lines`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
