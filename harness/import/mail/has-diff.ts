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
