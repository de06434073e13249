import type { MailMessage } from '../text/types.ts';

const known = new WeakMap<MailMessage, boolean>();

/** Whether a message holds a diff; asked once, since a packed message makes its lines each time. */
export function hasDiff(message: MailMessage): boolean {
  const before = known.get(message);
  if (before !== undefined) return before;
  const found = message.diff.length > 0;
  known.set(message, found);
  return found;
}

/** Says of a message whether it holds a diff, so that nobody has to look. */
export function noteDiff(message: MailMessage, found: boolean): void {
  known.set(message, found);
}
