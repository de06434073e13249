import { decodeText, toBytes } from '../text/bytes.ts';
import type { Findings, TextLine } from '../text/types.ts';

/** No-break spaces of several widths, as the bytes of UTF-8. */
const wideSpace = /\u00c2\u00a0|\u00e2\u0080[\u0087\u00af]/;

/** The mark that editors put in front of UTF-8. */
const mark = '\u00ef\u00bb\u00bf';

/** Signs without width. */
const noWidth = /\u00e2\u0080\u008b|\u00e2\u0081\u00a0|\u00ef\u00bb\u00bf/;

const structure = /^\W{0,9}(?:diff|index|---|\+\+\+|@@)\W/;

/**
 * Whether a text was copied from where something was shown: there spaces of another kind stand in the lines that make a
 * diff, or in front of code. Else they are the file's own, as are bytes that are no UTF-8.
 */
export function isRendered(lines: readonly TextLine[]): boolean {
  return withoutMark(lines).some(({ text }) => {
    if (!/[\u00c2\u00e2\u00ef]/.test(text)) return false;
    if (structure.test(text)) return wideSpace.test(text) || noWidth.test(text);
    return wideSpace.test(/^[+-]?\W*/.exec(text)?.[0] ?? '');
  });
}

export function withoutMark(lines: readonly TextLine[]): readonly TextLine[] {
  const [first, ...rest] = lines;
  return first?.text.startsWith(mark) ? [{ ...first, text: first.text.slice(mark.length) }, ...rest] : lines;
}

/** Spaces of another kind made plain; bytes that aren't UTF-8 become it. */
export function plainSpaces(lines: readonly TextLine[], findings: Findings): TextLine[] {
  let odd: TextLine | undefined;
  const out = lines.map((line) => {
    if (!/[\u0080-\u00ff]/.test(line.text)) return line;
    const text = decodeText(line.text);
    const plain = text.replace(/[\u00a0\u2007\u202f]/g, ' ').replace(/[\u200b\ufeff\u2060]/g, '');
    if (plain !== text) odd ??= line;
    return { ...line, text: toBytes(plain) };
  });
  if (odd !== undefined) findings.repairs.push({ line: odd.number, text: 'no-break and zero-width spaces made plain' });
  return out;
}
