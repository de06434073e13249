import type { MailMessage } from '../text/types.ts';
import { formatAddress } from './address.ts';
import type { Posting } from './posting.ts';

/** Addresses and full names of those who wrote or sent a posting: many people have several addresses. */
function peopleOf({ messages }: Pick<Posting, 'messages'>): Set<string> {
  const people = new Set<string>();
  for (const { author, sender } of messages) {
    for (const person of [author, sender]) {
      if (person === undefined) continue;
      people.add(person.email.toLowerCase());
      // A first name alone is shared by many.
      if (person.name.includes(' ')) people.add(person.name.toLowerCase());
    }
  }
  return people;
}

/** Whether two postings have nobody in common; one without any address may be anybody's. */
export function areStrangers(one: Pick<Posting, 'messages'>, other: Pick<Posting, 'messages'>): boolean {
  const [some, others] = [peopleOf(one), peopleOf(other)];
  return some.size > 0 && others.size > 0 && ![...some].some((person) => others.has(person));
}

/** Who sent a message, for a sentence: `Ann Author <ann@example.org>`. */
export function sentBy(message: MailMessage | undefined): string {
  const person = message?.sender ?? message?.author;
  return person === undefined ? 'somebody' : formatAddress(person);
}
