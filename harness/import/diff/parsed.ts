import type { MailMessage, TextLine } from '../text/types.ts';
import { parseDiff } from './diff.ts';
import type { RawDiff } from './raw.ts';

/** A message with its diff taken apart, which is done once for all who look at it. */
export interface ParsedPatch {
  readonly message: MailMessage;
  readonly diff: readonly TextLine[];
  readonly raw: RawDiff;
}

export function parsePatch(message: MailMessage): ParsedPatch {
  // Taken once, since a message may make its lines when it is asked for them.
  const { diff } = message;
  return { message, diff, raw: parseDiff(diff, !message.mangled) };
}
