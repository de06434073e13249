import type { MailMessage } from '../text/types.ts';
import { coverTitle } from './cover-title.ts';
import { byIndex } from './order.ts';
import type { Posting } from './posting.ts';
import { senderOf } from './posting.ts';
import { DisjointSets } from './sets.ts';
import { titleKey } from './subject.ts';
import { isPosted, type Threads } from './thread.ts';

/** A series in all its revisions; or a patch without a number, in all of its own. */
export interface Work {
  readonly postings: readonly Posting[];
}

/**
 * Finds out which postings are revisions of the same work: those with a title in common, those that name the same
 * change, and those of one author that answer one of another revision. What is for another stable tree is another work.
 */
export function findWorks(postings: readonly Posting[], threads: Threads): Work[] {
  const sets = new DisjointSets<Posting | string>();
  const postingOf = new Map<string, Posting>();
  for (const posting of postings) {
    for (const { messageId } of posting.messages) if (messageId !== undefined) postingOf.set(messageId, posting);
  }
  for (const posting of postings) {
    for (const message of posting.messages) {
      const key = titleKey(message.subject.title);
      if (key !== '') sets.join(posting, `${posting.stable ?? ''} ${titleOf(message, key)}`);
      if (message.changeId !== undefined) sets.join(posting, `${posting.stable ?? ''} change ${message.changeId}`);
    }
    const earlier = answered(posting, threads, postingOf);
    if (earlier !== undefined) sets.join(earlier, posting);
  }
  const works = new Map<unknown, Posting[]>();
  for (const posting of postings) {
    const key = sets.find(posting);
    const there = works.get(key);
    if (there === undefined) works.set(key, [posting]);
    else there.push(posting);
  }
  return [...works.values()].map((found) => ({ postings: found }));
}

function titleOf({ subject }: MailMessage, key: string): string {
  return `${subject.index === 0 ? 'cover' : 'title'} ${key}`;
}

/** The posting of another revision, by the same author, that a posting answers. */
function answered(posting: Posting, threads: Threads, postingOf: ReadonlyMap<string, Posting>): Posting | undefined {
  const [first] = posting.messages;
  if (first === undefined) return undefined;
  for (const up of threads.above(first)) {
    const other = postingOf.get(up.messageId ?? '');
    if (!isPosted(up) || other === undefined || other === posting) continue;
    const same = senderOf(up) === senderOf(first) && other.version !== posting.version;
    // Who sends one patch again may forget which tree it is for.
    const oneTree = posting.stable === other.stable || posting.stable === undefined || other.stable === undefined;
    return same && oneTree ? other : undefined;
  }
  return undefined;
}

export function mailsOf({ postings }: Work): MailMessage[] {
  return postings.flatMap(({ messages }) => messages);
}

export function isNumbered({ postings }: Work): boolean {
  return postings.some(({ numbered }) => numbered);
}

/** What to call a work: the title of its newest cover letter, else of its first patch. */
export function workTitle({ postings }: Work): string {
  const newest = postings.toSorted((a, b) => b.version - a.version).flatMap(({ messages }) => messages);
  const cover = coverTitle(newest.find(({ subject }) => subject.index === 0));
  const first = newest.toSorted(byIndex).find(({ subject }) => cover === undefined && subject.index !== 0);
  return cover ?? first?.subject.title ?? '';
}
