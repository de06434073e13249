import { hasDiff } from '../mail/has-diff.ts';
import type { Message } from '../text/types.ts';

const mark = /^--- b4-submit-tracking ---$/m;

/**
 * The cover letter that `b4 prep` keeps in an empty commit of the branch, as one of a mail; undefined for any other
 * commit. The lines below its mark tell the revision and the change id.
 */
export function b4Cover(message: Message): Message | undefined {
  const found = mark.exec(message.text);
  if (found === null || hasDiff(message)) return undefined;
  const tracking = message.text.slice(found.index);
  const value = (key: string): string | undefined => {
    const match = new RegExp(`"${key}": *(?:"(?<text>[^"]*)"|(?<number>\\d+))`).exec(tracking);
    return match?.groups?.['text'] ?? match?.groups?.['number'];
  };
  const version = Number(value('revision') ?? 1);
  const changeId = value('change-id');
  const text = message.text.slice(0, found.index).trimEnd();
  return {
    ...message,
    subject: { ...message.subject, version: version > 0 ? version : 1, index: 0, total: 0 },
    text: changeId === undefined ? text : `${text}\n\nchange-id: ${changeId}`,
    ...(changeId === undefined ? {} : { changeId }),
  };
}
