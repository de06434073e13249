import type { Line, Message } from '../text/types.ts';
import { parseDiff } from './diff.ts';
import type { RawDiff } from './raw.ts';

/** A message with its diff taken apart, which is done once for all who look at it. */
export interface ParsedPatch {
  readonly message: Message;
  readonly diff: readonly Line[];
  readonly raw: RawDiff;
}

export function parsePatch(message: Message): ParsedPatch {
  // Taken once, since a message may make its lines when it is asked for them.
  const { diff } = message;
  return { message, diff, raw: parseDiff(diff, !message.mangled) };
}
