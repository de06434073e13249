import type { MailMessage } from '../text/types.ts';
import { hasDiff } from './has-diff.ts';
import {
  canJoin,
  complete,
  type Group,
  inheritedMarks,
  type Marks,
  makeGroup,
  type Posting,
  sameTime,
  senderOf,
  toPosting,
} from './posting.ts';
import { titleKey } from './subject.ts';
import type { Threads } from './thread.ts';

/**
 * Finds out which numbered messages were sent together: first by whom they answer, then by thread, author, total and
 * revision, then, since threads get lost, by author, total, revision and day. What was never sent has its numbers alone.
 */
export function findPostings(messages: readonly MailMessage[], threads: Threads): Posting[] {
  const order = new Map(messages.map((message, index) => [message, index]));
  const known = new Map<MailMessage, Marks>();
  const groups = new Groups(messages.map((message) => makeGroup(message, inheritedMarks(message, threads, known))));
  groups.joinRuns(messages);
  groups.joinAnswers(threads);
  const thread = (group: Group): unknown => group.messages[0] && threads.thread(group.messages[0]);
  groups.joinBy((group) => [thread(group), group.sender, group.total, group.version], canJoin);
  groups.joinBy((group) => [thread(group), group.total, group.version], complete);
  groups.joinBy(
    (group) => [group.sender, group.total, group.version],
    (one, other) => complete(one, other) && sameTime(one, other),
  );
  groups.joinBy(
    (group) => [isUnsent(group), group.total, group.version],
    (one, other) => isUnsent(one) && complete(one, other),
  );
  // A mark in a title that only some have is a part of those titles; a cover letter without a mark is of any revision.
  const loose = (one: Group, other: Group): boolean => !(one.firm && other.firm) && complete(one, other);
  const isLoose = (one: Group, other: Group): boolean =>
    loose(one, other) && ((!one.firm && !other.firm) || isCover(one.firm ? other : one));
  groups.joinBy((group) => [thread(group), group.sender, group.total], isLoose);
  groups.joinBy((group) => [thread(group), group.total], isLoose);
  groups.joinBy(
    (group) => [group.sender, group.total],
    (one, other) => isLoose(one, other) && sameTime(one, other),
  );
  groups.joinBy(
    (group) => [isUnsent(group), group.total],
    (one, other) => isUnsent(one) && isLoose(one, other),
  );
  return groups.all().map((group) => toPosting(group, order));
}

/** What `git format-patch` wrote and nobody sent: no mail of it has an id, and its patches may be of many authors. */
function isUnsent({ messages }: Group): boolean {
  return messages.every(({ messageId }) => messageId === undefined);
}

function isCover({ titles }: Group): boolean {
  return titles.size === 1 && titles.has(0);
}

/** Groups that become fewer. */
class Groups {
  private groups: Set<Group>;
  private readonly of = new Map<MailMessage, Group>();

  constructor(groups: readonly Group[]) {
    this.groups = new Set(groups);
    for (const group of groups) for (const message of group.messages) this.of.set(message, group);
  }

  all(): Group[] {
    return [...this.groups];
  }

  /** Joins mails that nobody sent and whose numbers count on from one to the next, whoever wrote them. */
  joinRuns(messages: readonly MailMessage[]): void {
    for (const [at, message] of messages.entries()) {
      const before = messages[at - 1];
      if (before === undefined || before.messageId !== undefined || message.messageId !== undefined) continue;
      if (message.subject.index !== (before.subject.index ?? Number.NaN) + 1) continue;
      const [one, other] = [this.of.get(before), this.of.get(message)];
      if (one === undefined || other === undefined || one.version !== other.version) continue;
      if (complete(one, other)) this.join(one, other);
    }
  }

  /** Joins each message with the nearest numbered one above it, those of the same author first. */
  joinAnswers(threads: Threads): void {
    for (const own of [true, false]) {
      for (const message of this.of.keys()) {
        const above = threads.numberedAbove(message);
        const [one, other] = [this.of.get(message), above === undefined ? undefined : this.of.get(above)];
        if (one === undefined || other === undefined || one === other) continue;
        if (message.subject.index === above?.subject.index || one.version !== other.version) continue;
        if (own ? one.sender === other.sender && canJoin(one, other) : complete(one, other)) this.join(one, other);
      }
    }
  }

  /** Joins groups of one key where a test allows it. */
  joinBy(keyOf: (group: Group) => readonly unknown[], mayJoin: (one: Group, other: Group) => boolean): void {
    const names = new Map<unknown, number>();
    const name = (part: unknown): number => {
      const known = names.get(part);
      if (known !== undefined) return known;
      names.set(part, names.size);
      return names.size - 1;
    };
    const byKey = new Map<string, Group[]>();
    for (const group of this.groups) {
      const key = keyOf(group).map(name).join(' ');
      const there = byKey.get(key);
      const partner = there?.find((one) => mayJoin(one, group));
      if (there === undefined) byKey.set(key, [group]);
      else if (partner === undefined) there.push(group);
      else there[there.indexOf(partner)] = this.join(partner, group);
    }
  }

  private join(one: Group, other: Group): Group {
    const [small, large] = one.messages.length < other.messages.length ? [one, other] : [other, one];
    // The bigger one takes the smaller one in, under what is known for certain.
    const firm = one.firm ? one : other.firm ? other : large;
    const stable = one.stable ?? other.stable;
    const joined: Group = Object.assign(large, { firm: firm.firm, version: firm.version, stable });
    for (const message of small.messages) {
      joined.messages.push(message);
      this.of.set(message, joined);
    }
    for (const [index, title] of small.titles) joined.titles.set(index, title);
    this.groups.delete(small);
    return joined;
  }
}

/**
 * A patch that was sent again without its number, in answer to the numbered one of its title, has that number: so the
 * series has it in place of the older one.
 */
export function withOwnNumbers(messages: readonly MailMessage[], threads: Threads): readonly MailMessage[] {
  return messages.map((message) => {
    const { subject } = message;
    if (subject.index !== undefined || !hasDiff(message) || subject.reply || subject.forward) return message;
    const numbered = threads.numberedAbove(message);
    const above = numbered !== undefined && senderOf(numbered) === senderOf(message) ? numbered.subject : undefined;
    if (above?.index === undefined || above.index === 0 || above.total === undefined) return message;
    if (titleKey(above.title) !== titleKey(subject.title)) return message;
    return { ...message, subject: { ...subject, index: above.index, total: above.total } };
  });
}
