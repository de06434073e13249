import { isBlank } from '../text/bytes.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';
import type { RawHunk } from './raw.ts';
import { isFence, isSignature } from './structure.ts';

/** A line of a recovered hunk; `text` is without the marker. */
export interface HunkLine {
  readonly kind: ' ' | '+' | '-' | '\\';
  readonly text: Bytes;
  /** Line of the source that shows it. */
  readonly source: number;
}

/** A line of a hunk that was laid beside the tree's. */
export interface AlignedLine extends HunkLine {
  /** As the source has it, with what stands for its marker. */
  readonly raw: Bytes;
  /** Whether the source shows a marker in front; context may have lost it. */
  readonly marked: boolean;
}

/** A hunk on its way: its lines, and where they are in the tree's file if they were found there. */
export interface WorkHunk {
  readonly hunk: RawHunk;
  readonly lines: readonly AlignedLine[];
  readonly start?: number;
  /** Something about its old lines was mended from the tree. */
  readonly mended: boolean;
}

/** A line of a damaged hunk, by what its first character makes of it. */
export interface Item {
  readonly line: TextLine;
  /** `bare` has no marker at all; `blank` may be an empty line of context or one that a rendering put in. */
  readonly kind: 'added' | 'removed' | 'kept' | 'bare' | 'blank' | 'mark';
  /** A blank line in one run with the fence of a code block. */
  readonly nearFence: boolean;
}

/** The lines of a hunk that can belong to it: without fences, and without the signature of a mail at its end. */
export function itemsOf(body: readonly TextLine[]): Item[] {
  const lines = withoutSignature(body);
  const fenced = blanksNearFences(lines);
  return lines.flatMap((line, index): Item[] => {
    const { text } = line;
    if (isFence(text)) return [];
    const nearFence = fenced.has(index);
    if (isBlank(text)) return [{ line, kind: 'blank', nearFence }];
    const kind = ({ '+': 'added', '-': 'removed', ' ': 'kept', '\\': 'mark' } as const)[text[0] ?? ''] ?? 'bare';
    return [{ line, kind, nearFence }];
  });
}

function withoutSignature(body: readonly TextLine[]): readonly TextLine[] {
  const at = body.findLastIndex(({ text }) => isSignature(text));
  if (at < 0) return body;
  // A removed line `- ` looks the same; then more lines of the hunk come below.
  return body.slice(at + 1).some(({ text }) => /^[+-]/.test(text)) ? body : body.slice(0, at);
}

function blanksNearFences(lines: readonly TextLine[]): Set<number> {
  const found = new Set<number>();
  for (const [index, { text }] of lines.entries()) {
    if (!isFence(text)) continue;
    for (const step of [-1, 1]) {
      for (let at = index + step; isBlankAt(lines, at); at += step) found.add(at);
    }
  }
  return found;
}

function isBlankAt(lines: readonly TextLine[], at: number): boolean {
  const line = lines[at];
  return line !== undefined && isBlank(line.text);
}

/** A rendering that stops in the middle ends in dots. */
export function isEllipsis(text: Bytes): boolean {
  return /(?:\.\.\.|\u00e2\u0080\u00a6)\s*\]?\s*$/.test(text);
}

/**
 * Which `need` of the blank lines in a stretch are lines of the file. Undefined where the stretch leaves more than one
 * reading.
 */
export function chooseBlanks(stretch: readonly Item[], need: number): ReadonlySet<Item> | undefined {
  const blanks = stretch.filter(({ kind }) => kind === 'blank');
  if (need < 0 || need > blanks.length) return undefined;
  if (need === blanks.length) return new Set(blanks);
  if (need === 0) return new Set();
  const first = stretch.findIndex(({ kind }) => kind === 'blank');
  const last = stretch.findLastIndex(({ kind }) => kind === 'blank');
  // Next to each other they are all the same line.
  if (last - first + 1 === blanks.length) return new Set(blanks.slice(0, need));
  const free = blanks.filter(({ nearFence }) => !nearFence);
  return free.length === need ? new Set(free) : undefined;
}

/** Either what was found or why not, with the line of the source to look at. */
export type HunkOutcome<T> = { readonly ok: T } | { readonly problem: Remark };

export function announced({ old, new: next }: RawHunk): string {
  return `its header announces ${old.count} old and ${next.count} new lines`;
}

/** The line of a hunk that a line of the source is, where nothing about it is in doubt. */
export function literalLine({ text, number }: TextLine): HunkLine {
  const marker = text[0];
  return {
    kind: marker === '+' || marker === '-' || marker === '\\' ? marker : ' ',
    text: text.slice(1),
    source: number,
  };
}
