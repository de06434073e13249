import { noteDiff } from '../mail/has-diff.ts';
import { joinText, splitLines } from '../text/bytes.ts';
import type { Bytes, MailMessage, TextLine } from '../text/types.ts';

/** Keeps a text somewhere, and gives a function that brings it back. */
export type Keep = (text: Bytes) => () => Bytes;

/** Keeps texts in memory, each by itself: a piece of another string would keep that one alive. */
export const keepInMemory: Keep = (text) => {
  const bytes = Buffer.from(text, 'latin1');
  return () => bytes.toString('latin1');
};

/**
 * A message that has its diff kept as one text and makes the lines when it is asked for them: thousands of patches are
 * then no larger in memory than one.
 */
export function packMessage(message: MailMessage, keep: Keep): MailMessage {
  const { diff } = message;
  if (diff.length === 0) return message;
  const number = numbering(diff);
  const text = keep(`${joinText(diff)}\n`);
  return withDiff(message, () => number(text()));
}

/** A message whose diff is a text, the lines of which are numbered from 1. */
export function withKeptDiff(message: MailMessage, diff: Bytes, keep: Keep): MailMessage {
  if (diff === '') return message;
  const text = keep(diff);
  return withDiff(message, () => splitLines(text()));
}

function withDiff(message: MailMessage, lines: () => TextLine[]): MailMessage {
  const packed = Object.defineProperty({ ...message }, 'diff', { get: lines, enumerable: true });
  noteDiff(packed, true);
  return packed;
}

/** How the lines of a text are numbered: most often one after the other, or, of an encoded text, all the same. */
function numbering(lines: readonly TextLine[]): (text: Bytes) => TextLine[] {
  const first = lines[0]?.number ?? 1;
  if (lines.every(({ number }, index) => number === first + index)) return (text) => splitLines(text, first);
  const numbers = Uint32Array.from(lines, ({ number }) => number);
  return (text) => splitLines(text).map((line, index) => ({ text: line.text, number: numbers[index] ?? first }));
}
