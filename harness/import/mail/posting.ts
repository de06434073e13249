import type { MailMessage } from '../text/types.ts';
import { titleKey } from './subject.ts';
import type { Threads } from './thread.ts';

/** What was sent together: the patches and the cover letter of one revision of a series, or one patch without a number. */
export interface Posting {
  readonly version: number;
  readonly total: number;
  readonly numbered: boolean;
  /** The stable trees that it is for; the same patches for other ones are another series. */
  readonly stable?: string | undefined;
  readonly sender: string;
  /** In the order of the source; two may have the same number, then the later one counts. */
  readonly messages: readonly MailMessage[];
}

/** A posting on its way. */
export interface Group {
  readonly sender: string;
  readonly total: number;
  /** Told in brackets or by the cover letter; else it may come from titles. */
  readonly firm: boolean;
  readonly version: number;
  readonly stable: string | undefined;
  messages: MailMessage[];
  /** Key of the title of each number. */
  titles: Map<number, string>;
  /** Days since 1970; undefined without a date. */
  readonly day?: number;
}

export function senderOf({ sender, author }: MailMessage): string {
  return (sender ?? author)?.email.toLowerCase() ?? '';
}

/** The patches of a group, without its cover letter. */
function patchCount({ titles }: Group): number {
  return titles.size - (titles.has(0) ? 1 : 0);
}

/** Whether nothing is missing, so that whatever comes more is of another posting. */
function isFull(group: Group): boolean {
  return patchCount(group) >= group.total;
}

/** What holds for a message by its brackets, or by those of what it answers. */
export interface Marks {
  readonly version: number;
  readonly firm: boolean;
  readonly stable: string | undefined;
}

/** Which revision, for which trees, a numbered message is of: its own marks in brackets, else those of the cover letter. */
export function inheritedMarks(message: MailMessage, threads: Threads, known: Map<MailMessage, Marks>): Marks {
  const before = known.get(message);
  if (before !== undefined) return before;
  const { subject } = message;
  const own: Marks = { version: subject.version, firm: subject.marked === 'brackets', stable: subject.stable };
  // A thread that answers itself must not be followed for ever.
  known.set(message, own);
  const above = own.firm && own.stable !== undefined ? undefined : threads.numberedAbove(message);
  if (above === undefined || above.subject.total !== subject.total || above.subject.index === subject.index) return own;
  const inherited = inheritedMarks(above, threads, known);
  const fromCover = above.subject.index === 0 && above.subject.marked !== undefined;
  const { version, firm } =
    !own.firm && (inherited.firm || fromCover) ? { version: inherited.version, firm: true } : own;
  const found = { version, firm, stable: own.stable ?? inherited.stable };
  known.set(message, found);
  return found;
}

export function makeGroup(message: MailMessage, { version, firm, stable }: Marks): Group {
  const time = Date.parse(message.date ?? '');
  return {
    sender: senderOf(message),
    total: message.subject.total ?? 1,
    firm,
    version,
    stable,
    messages: [message],
    titles: new Map([[message.subject.index ?? 1, titleKey(message.subject.title)]]),
    ...(Number.isNaN(time) ? {} : { day: time / 86_400_000 }),
  };
}

/** Whether two groups are for the same trees; a cover letter need not name those of its patches. */
function sameTrees(one: Group, other: Group): boolean {
  if (one.stable === other.stable) return true;
  const unnamed = one.stable === undefined ? one : other;
  return unnamed.stable === undefined && patchCount(unnamed) === 0;
}

/** Whether two groups can be one posting: no number is there for two different patches. */
export function canJoin(one: Group, other: Group): boolean {
  if (one.total !== other.total || !sameTrees(one, other) || (one.firm && other.firm && one.version !== other.version))
    return false;
  const [few, many] = one.titles.size < other.titles.size ? [one, other] : [other, one];
  for (const [index, title] of few.titles) {
    const there = many.titles.get(index);
    if (there !== undefined && (there !== title || one.sender !== other.sender)) return false;
  }
  return true;
}

/** Whether both lack something that the other one has. */
export function complete(one: Group, other: Group): boolean {
  if ((isFull(one) && isFull(other)) || !sameTrees(one, other)) return false;
  const [few, many] = one.titles.size < other.titles.size ? [one, other] : [other, one];
  for (const index of few.titles.keys()) if (many.titles.has(index)) return false;
  // A full one only lacks a cover letter.
  if (isFull(one) || isFull(other)) return few.titles.has(0) && patchCount(few) === 0;
  return true;
}

/** Whether two groups were sent within two days; those without a date may have been. */
export function sameTime(one: Group, other: Group): boolean {
  return one.day === undefined || other.day === undefined || Math.abs(one.day - other.day) <= 2;
}

/** The messages in the order of the source, under the revision that holds for all. */
export function toPosting(group: Group, order: ReadonlyMap<MailMessage, number>): Posting {
  const messages = group.messages.toSorted((a, b) => (order.get(a) ?? 0) - (order.get(b) ?? 0));
  const patches = messages.filter(({ subject }) => subject.index !== 0);
  const titled = new Set(patches.map(({ subject }) => (subject.marked === undefined ? 1 : subject.version)));
  const [only] = titled;
  const version = group.firm ? group.version : titled.size === 1 && only !== undefined ? only : 1;
  return {
    version: patches.length === 0 ? group.version : version,
    total: group.total,
    numbered: messages.some(({ subject }) => subject.index !== undefined),
    sender: group.sender,
    stable: group.stable,
    messages,
  };
}
