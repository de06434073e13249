import type { Splat, StackFrame } from '../../model/index.ts';
import { frameIn, frameOf, instructionIn } from './frames.ts';
import { isBystander, isHelper, isWaiting } from './functions.ts';

/** Frames in which the one to blame is looked for; beyond them the innermost function is named. */
const searched = 24;

/** The function to blame, and the helper in which it happened, if one is named besides. */
export interface Place {
  readonly function: string;
  readonly helper?: string;
}

/** `quilt_do`, `quilt_do (memcpy)`. */
export function placeText({ function: name, helper }: Place): string {
  return helper === undefined ? name : `${name} (${helper})`;
}

const isOwn = (name: string): boolean => !isBystander(name) && !isWaiting(name) && !isHelper(name);

/** Whom a trace blames: its first function that is not there to report, to wait or to help others. */
export function blame(trace: readonly StackFrame[], named?: string): Place | undefined {
  const names = trace.slice(0, searched).map((frame) => frame.function);
  if (named !== undefined && !isHelper(named) && !isBystander(named)) return { function: named };
  const begin = named === undefined ? 0 : Math.max(0, names.lastIndexOf(named));
  const from = names.findIndex((name, index) => index >= begin && isOwn(name));
  const first = named ?? names.find((name) => !isBystander(name) && !isWaiting(name));
  const found = from < 0 ? first : names[from];
  if (found === undefined) return undefined;
  const helper =
    named ??
    names.slice(0, Math.max(0, from)).findLast((name) => isHelper(name) && !isBystander(name) && !isWaiting(name));
  return helper === undefined || helper === found ? { function: found } : { function: found, helper };
}

/** The function that the trace of a report blames; undefined for a report without one. */
export function blamedFunction({ trace }: Pick<Splat, 'trace'>): string | undefined {
  return trace && blame(trace)?.function;
}

/** What the lines of a report say besides its trace of where it happened. */
export interface PlaceHints {
  push(text: string): void;
  /** Where s390 jumped from, when it jumped into nowhere: there it went wrong. */
  origin(): string | undefined;
  /** A frame that the kernel doubts, where it has no better one. */
  doubtful(): string | undefined;
}

export function createHints(): PlaceHints {
  let lastBreak: string | undefined;
  let awaited = false;
  let nowhere = false;
  let sure = false;
  let doubtful: string | undefined;
  return {
    push(text) {
      if (/^Krnl PSW : [0-9a-f]{16} [0-9a-f]{16} \(0x/.test(text)) nowhere = true;
      if (awaited) lastBreak ??= frameOf(text);
      awaited = /^Last Breaking-Event-Address/.test(text);
      if (sure || instructionIn(text)) return;
      const frame = frameIn(text);
      if (!frame || frame.doubt === '?' || !isOwn(frame.function)) return;
      if (frame.doubt) doubtful ??= frame.function;
      else sure = true;
    },
    origin: () => (nowhere ? lastBreak : undefined),
    doubtful: () => doubtful,
  };
}
