import { type Front, findFront, type Offer } from '../base/front.ts';
import type { MailMessage } from '../text/types.ts';
import type { Assembly } from './assembly.ts';
import { hasDiff } from './has-diff.ts';
import { byIndex } from './order.ts';
import { mailsOf, type Work } from './works.ts';

/** What a work offers to others: each of its postings. */
function offersOf({ postings }: Work): Offer[] {
  return postings.map(({ version, messages }) => {
    const cover = messages.find(({ subject }) => subject.index === 0);
    const patches = messages.filter((message) => message.subject.index !== 0 && hasDiff(message)).toSorted(byIndex);
    return { version, patches, ...(cover === undefined ? {} : { cover }) };
  });
}

/** The works that no other one needs first: a series is meant, not what it stands on. */
export function withoutNeeded(works: readonly Work[]): readonly Work[] {
  const asking = works.filter((work) => mailsOf(work).some(({ needs }) => needs !== undefined));
  if (asking.length === 0) return works;
  const needed = new Set<MailMessage>();
  for (const work of asking) {
    const offers = works.filter((other) => other !== work).flatMap(offersOf);
    for (const { patches } of findFront({ messages: mailsOf(work), offers }).front)
      for (const patch of patches) needed.add(patch);
  }
  const rest = works.filter((work) => !mailsOf(work).some((message) => needed.has(message)));
  return rest.length === 0 ? works : rest;
}

/** What the other works hold of what a series needs first, and everything that they offer. */
export function frontOf(
  { cover, patches }: Pick<Assembly, 'cover' | 'patches'>,
  works: readonly Work[],
): { readonly front: readonly Front[]; readonly offers: readonly Offer[] } {
  const messages = cover === undefined ? patches : [cover, ...patches];
  if (!messages.some(({ needs }) => needs !== undefined)) return { front: [], offers: [] };
  const own = new Set(messages);
  const offers = works.filter((work) => !mailsOf(work).some((message) => own.has(message))).flatMap(offersOf);
  return { front: findFront({ messages, offers }).front, offers };
}
