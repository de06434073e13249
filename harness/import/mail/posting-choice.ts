import { counted } from '../text/bytes.ts';
import type { MailSubject } from '../text/types.ts';
import type { Said } from './assembly.ts';
import { hasDiff } from './has-diff.ts';
import { areStrangers, sentBy } from './people.ts';
import type { Posting } from './posting.ts';
import { describeSubject } from './subject.ts';
import type { Work } from './works.ts';

function patchesOf({ messages }: Posting): Posting['messages'] {
  return messages.filter((message) => message.subject.index !== 0 && hasDiff(message));
}

function isFull(posting: Posting): boolean {
  return posting.numbered && new Set(patchesOf(posting).map(({ subject }) => subject.index)).size >= posting.total;
}

/**
 * A work without single patches that somebody else sent in place of the author's: only who sent a series sends a part of it
 * again. Each is a problem, unless its revision was asked for. A whole series may pass from one person to the next.
 */
export function withoutOthers(work: Work, revision: number | undefined, said: Said): Work {
  const byAge = work.postings.toSorted((a, b) => a.version - b.version);
  const own = byAge.find(isFull) ?? byAge.find(({ numbered }) => numbered) ?? byAge[0];
  if (own === undefined) return work;
  const isOthers = (posting: Posting): boolean =>
    posting !== own && !isFull(posting) && patchesOf(posting).length > 0 && areStrangers(own, posting);
  // An only patch has no number, in whatever revision.
  const others = work.postings.filter((posting) => isOthers(posting) && (posting.numbered || own.total > 1));
  const left = others.filter(({ version }) => version !== revision || version === own.version);
  for (const message of left.flatMap(patchesOf)) {
    const { source, line, subject } = message;
    const choice =
      subject.version === own.version ? 'import it by itself' : `take it with --revision ${subject.version}`;
    said.problems.push({
      source,
      line,
      text: `${numberOf(subject)}"${subject.title}" is left out: ${sentBy(message)} sent it, not ${sentBy(own.messages[0])}, whose series it is; ${choice}`,
    });
  }
  return { postings: work.postings.filter((posting) => !left.includes(posting)) };
}

function numberOf(subject: MailSubject): string {
  return subject.index === undefined ? '' : `${describeSubject(subject)} `;
}

/**
 * Of several postings of one revision the last whole one is taken, with those of its patches that were sent again later. Or
 * its patches count to different numbers, which is a problem.
 */
export function choosePosting(postings: readonly Posting[], said: Said): Posting {
  const last = (postings.findLast(isFull) ?? postings.at(-1)) as Posting;
  const isSame = ({ total, numbered }: Posting): boolean => total === last.total && numbered === last.numbered;
  const later = isFull(last) ? postings.slice(postings.indexOf(last) + 1).filter(isSame) : [];
  const others = postings.filter((posting) => posting !== last && !later.includes(posting));
  const again = others.filter(isSame);
  const mixed = others.filter((posting) => !isSame(posting)).flatMap(({ messages }) => messages);
  if (again.length > 0) {
    const count = again.flatMap(({ messages }) => messages).length;
    said.notes.push({
      text: `the series appears ${again.length + 1} times; the last one is taken, ${counted(count, 'message')} left out`,
    });
  }
  if (mixed.length > 0) {
    said.problems.push({
      text: `two numberings are mixed: ${counted(last.messages.length, 'message')} of ${last.total}, ${mixed.length} of another number; those of ${last.total} are taken`,
    });
  }
  return later.length === 0 ? last : { ...last, messages: [last, ...later].flatMap(({ messages }) => messages) };
}
