import type { Message } from '../text/types.ts';

const known = new WeakMap<Message, boolean>();

/** Whether a message holds a diff; asked once, since a packed message makes its lines each time. */
export function hasDiff(message: Message): boolean {
  const before = known.get(message);
  if (before !== undefined) return before;
  const found = message.diff.length > 0;
  known.set(message, found);
  return found;
}

/** Says of a message whether it holds a diff, so that nobody has to look. */
export function noteDiff(message: Message, found: boolean): void {
  known.set(message, found);
}
