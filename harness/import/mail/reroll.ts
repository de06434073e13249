import type { MailMessage } from '../text/types.ts';
import type { Said } from './assembly.ts';
import { numbersText } from './order.ts';
import { areStrangers, sentBy } from './people.ts';
import type { Posting } from './posting.ts';
import type { Work } from './works.ts';

export interface Reroll {
  readonly chosen: Posting;
  /** Its messages, each number once. */
  readonly own: readonly MailMessage[];
  readonly work: Work;
  readonly said: Said;
}

/**
 * A revision that holds only some patches, each sent in answer to its series, replaces those and leaves the others: they
 * come from the revisions before. Where the newer mails are a posting of their own, with a cover letter or most of its
 * patches, the others are missing.
 */
export function fillReroll({ chosen, own, work, said }: Reroll): {
  readonly messages: readonly MailMessage[];
  readonly rerolled: boolean;
} {
  const { total, version } = chosen;
  const patches = own.filter(({ subject }) => subject.index !== 0);
  const partial = patches.length < total && patches.length === own.length;
  const earlier = work.postings.filter((posting) => posting.total === total && posting.version < version);
  if (!partial || earlier.length === 0 || !answersEarlier(patches, earlier, total))
    return { messages: own, rerolled: false };
  const there = new Map(own.map((message) => [message.subject.index ?? 0, message]));
  const from = new Map<number, number[]>();
  for (const posting of earlier.toSorted((a, b) => b.version - a.version)) {
    for (const message of posting.messages.toReversed()) {
      const index = message.subject.index ?? 0;
      if (there.has(index)) continue;
      there.set(index, message);
      if (index > 0) from.set(posting.version, [...(from.get(posting.version) ?? []), index]);
    }
  }
  const messages = earlier.flatMap((posting) => posting.messages);
  const by = areStrangers(chosen, { messages }) ? `, by ${sentBy(patches[0])},` : '';
  for (const [older, numbers] of from) {
    const sorted = numbers.toSorted((a, b) => a - b);
    const many = sorted.length > 10;
    said.notes.push({
      text: `revision ${version}${by} has only ${numbersText(
        patches.map(({ subject }) => subject.index ?? 0),
        total,
      )}; ${many ? `${sorted.length} other patches` : numbersText(sorted, total)} ${sorted.length === 1 ? 'is' : 'are'} of revision ${older}`,
    });
  }
  return { messages: [...there.values()], rerolled: true };
}

/** Each of the newer patches answers a message of the earlier revisions, and most of the series stays as it was. */
function answersEarlier(patches: readonly MailMessage[], earlier: readonly Posting[], total: number): boolean {
  const byId = new Map<string, MailMessage>();
  const thread = new Set<string>();
  for (const message of earlier.flatMap(({ messages }) => messages)) {
    const { messageId, references } = message;
    if (messageId !== undefined) byId.set(messageId, message);
    // The cover letter that all of them answer may not be there.
    for (const id of [messageId, ...references]) if (id !== undefined) thread.add(id);
  }
  const answers = (message: MailMessage): readonly MailMessage[] =>
    message.references.flatMap((id) => byId.get(id) ?? []);
  const toOwnNumber = patches.every((patch) =>
    answers(patch).some(({ subject }) => subject.index === patch.subject.index),
  );
  const toSeries = patches.every((patch) => patch.references.some((id) => thread.has(id)));
  return toOwnNumber || (toSeries && patches.length * 2 <= total);
}
