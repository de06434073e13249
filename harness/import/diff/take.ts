import type { Bytes, TextLine } from '../text/types.ts';
import { isFence, isFiller, isSignature, isStructure } from './structure.ts';

export interface TakenHunk {
  readonly body: readonly TextLine[];
  /** The lines have their markers and agree with the header's counts. */
  readonly literal: boolean;
  /** Index of the first line after it. */
  readonly next: number;
}

export interface LineCounts {
  readonly old: number;
  readonly new: number;
}

interface Counted {
  /** Index of the first line after the last one that counts. */
  readonly end: number;
  readonly whole: boolean;
  /** An empty line was counted as one of context. */
  readonly blanks: boolean;
}

/**
 * Takes the lines of a hunk. In an exact source met counts end it, whatever follows; else what follows is looked at,
 * since a rendering may have put blank lines into the hunk, which were counted as context.
 */
export function takeHunk(lines: readonly TextLine[], from: number, counts: LineCounts, exact: boolean): TakenHunk {
  const { end, whole, blanks } = countLines(lines, from, counts);
  if (whole && (exact || !looksUnfinished(lines, end, blanks))) {
    return { body: lines.slice(from, end), literal: true, next: end };
  }
  let next = whole ? end : from;
  while (next < lines.length && !isStructure(lines, next)) next++;
  return { body: lines.slice(from, next), literal: false, next };
}

function countLines(lines: readonly TextLine[], from: number, counts: LineCounts): Counted {
  let oldLeft = counts.old;
  let newLeft = counts.new;
  let at = from;
  let blanks = false;
  for (; at < lines.length; at++) {
    const text = lines[at]?.text ?? '';
    const kind = text[0] ?? '';
    if (kind === '\\') continue;
    if (oldLeft <= 0 && newLeft <= 0) break;
    if (kind === '+') newLeft--;
    else if (kind === '-') oldLeft--;
    else if (kind === ' ' || kind === '') {
      oldLeft--;
      newLeft--;
      blanks ||= kind === '';
    } else break;
  }
  return { end: at, whole: oldLeft === 0 && newLeft === 0, blanks };
}

/** Whether what follows a hunk that its counts call whole seems to belong to it still. */
function looksUnfinished(lines: readonly TextLine[], at: number, blanks: boolean): boolean {
  let next = at;
  let fence = false;
  for (; next < lines.length && isFiller(lines[next]?.text ?? ''); next++) fence ||= isFence(lines[next]?.text ?? '');
  const text: Bytes | undefined = lines[next]?.text;
  if (blanks && fence) return true;
  if (text === undefined || isSignature(text) || isStructure(lines, next)) return false;
  // With blank lines counted as context, the counts prove nothing while there is more text.
  return blanks || /^[+-]/.test(text);
}
