import { joinText, splitLines } from '../text/bytes.ts';
import type { Message } from '../text/types.ts';

/**
 * A message that keeps its diff as one text and makes the lines when it is asked for them: thousands of patches are then
 * no larger in memory than their files.
 */
export function packMessage(message: Message): Message {
  const { diff } = message;
  const first = diff[0]?.number;
  if (first === undefined || diff.some(({ number }, index) => number !== first + index)) return message;
  // A text of its own: a piece of another string would keep that one alive.
  const text = Buffer.from(`${joinText(diff)}\n`, 'latin1');
  return Object.defineProperty({ ...message }, 'diff', {
    get: () => splitLines(text.toString('latin1'), first),
    enumerable: true,
  });
}
