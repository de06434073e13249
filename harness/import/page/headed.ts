import { parseAddress } from '../mail/address.ts';
import { decodeText, isBlank } from '../text/bytes.ts';
import { changesetMark, readChangeset } from '../text/changeset.ts';
import type { Findings, TextLine } from '../text/types.ts';
import { withoutGraph } from './graph.ts';
import type { PageHead } from './page-head.ts';
import type { Post } from './thread-page.ts';

/** Texts that hold several changes one after the other: `git log -p`, `hg export`. Undefined where there is one or none. */
function commitPosts(lines: readonly TextLine[]): Post[] | undefined {
  const starts = lines.flatMap(({ text }, at) => {
    const commit = /^commit [0-9a-f]{7,64}(?: \(.*\))?\s*$/.test(text);
    const begins = commit && lines.slice(at + 1, at + 5).some((line) => /^Author:\s+\S/.test(line.text));
    return begins || changesetMark.test(text) ? [at] : [];
  });
  if (starts.length < 2) return undefined;
  return starts.map((start, index) => ({ lines: lines.slice(start, starts[index + 1]) }));
}

/**
 * Posts in the order in which their patches apply, where the source shows the newest first, as `git log` does: blob ids tell
 * it, else the dates.
 */
function oldestFirst(posts: readonly Post[]): readonly Post[] {
  const changes = posts.map(({ lines }) =>
    lines.flatMap(({ text }) => {
      const [, old = '', next = ''] = /^index ([0-9a-f]{7,64})\.\.([0-9a-f]{7,64})\b/.exec(text) ?? [];
      return old === '' ? [] : [{ old, next }];
    }),
  );
  const follows = (one: number, other: number): boolean =>
    (changes[one] ?? []).some(
      ({ old }) => !/^0+$/.test(old) && (changes[other] ?? []).some(({ next }) => next === old),
    );
  let votes = 0;
  for (let at = 1; at < posts.length; at++) {
    if (follows(at, at - 1)) votes++;
    if (follows(at - 1, at)) votes--;
  }
  const [first, last] = [posts[0], posts.at(-1)].map((post) => dateOf(post));
  const newest = votes < 0 || (votes === 0 && first !== undefined && last !== undefined && first > last);
  return newest ? posts.toReversed() : posts;
}

function dateOf(post: Post | undefined): number | undefined {
  const text = post?.lines.map((line) => /^(?:Author)?Date:\s+(.*\d)/.exec(line.text)?.[1]).find(Boolean);
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? undefined : time;
}

/** The commits of a log or an export in the order in which they apply; undefined for every other text. */
export function logPosts(lines: readonly TextLine[], { repairs }: Findings): readonly Post[] | undefined {
  const straight = withoutGraph(lines);
  if (straight !== undefined) repairs.push({ line: 1, text: 'what git log --graph draws taken off' });
  const posts = commitPosts(straight ?? lines) ?? (straight === undefined ? undefined : [{ lines: straight }]);
  const inOrder = posts && oldestFirst(posts);
  if (inOrder !== posts) repairs.push({ line: 1, text: 'commits put in order: the source has the newest first' });
  return inOrder;
}

/** A form of head that stands above a patch in a file. */
type HeadForm = (lines: readonly TextLine[]) => Post | undefined;

const forms: readonly HeadForm[] = [mercurial, bitKeeper, debian];

/** A patch whose head has a form of its own, taken apart. */
export function withHead(post: Post): Post {
  if (post.head !== undefined) return post;
  for (const form of forms) {
    const found = form(post.lines);
    if (found !== undefined) return found;
  }
  return post;
}

type Head = Omit<PageHead, 'rest'>;

function headOf(subject: string | undefined, who: string | undefined, date: string | undefined): Head {
  const author = who === undefined ? undefined : parseAddress(decodeText(who));
  return {
    ...(subject === undefined ? {} : { subject: decodeText(subject) }),
    ...(author === undefined ? {} : { author }),
    ...(date === undefined ? {} : { date }),
  };
}

function mercurial(lines: readonly TextLine[]): Post | undefined {
  const found = readChangeset(lines);
  return found && { lines: found.rest, head: headOf(found.title, found.user, found.date) };
}

/** What BitKeeper wrote above a diff: when and who, then the title and the description, all as comments. */
function bitKeeper(lines: readonly TextLine[]): Post | undefined {
  if (!lines.slice(0, 3).some(({ text }) => /^# This is a BitKeeper/.test(text))) return undefined;
  const end = lines.findIndex(({ text }) => !text.startsWith('#'));
  const comments = lines.slice(0, end < 0 ? lines.length : end).map(({ text, number }) => ({
    text: text.replace(/^# {0,3}/, ''),
    number,
  }));
  const at = comments.findIndex(({ text }) => /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d\S* \S+@\S+/.test(text));
  const [, date, who] = /^(\S+ \S+) (\S+)/.exec(comments[at]?.text ?? '') ?? [];
  const title = comments.findIndex(({ text }, index) => index > at && !isBlank(text));
  if (date === undefined || title < 0) return undefined;
  const words = comments.slice(title + 1).filter(({ text }) => !/^ChangeSet\b|^-{5,}/.test(text));
  const subject = comments[title]?.text.trim();
  return { lines: [...words, ...lines.slice(end)], head: headOf(subject, who, date.replaceAll('/', '-')) };
}

const field = /^([A-Za-z][\w-]*):\s*(.*)$/;

/** The head that Debian's patches have: fields with continuations, of which the description's first line is the title. */
function debian(lines: readonly TextLine[]): Post | undefined {
  const first = lines.findIndex(({ text }) => !isBlank(text));
  const length = lines.slice(Math.max(0, first)).findIndex(({ text }) => !field.test(text) && !/^[ \t]/.test(text));
  const head = lines.slice(Math.max(0, first), length < 0 ? lines.length : first + length);
  const isDescription = ({ text }: TextLine): boolean => /^Description:/i.test(text);
  if (first < 0 || !head.some(isDescription)) return undefined;
  const fields: { name: string; lines: TextLine[] }[] = [];
  for (const line of head) {
    const [, name = '', value = ''] = field.exec(line.text) ?? [];
    if (name === '') fields.at(-1)?.lines.push({ ...line, text: line.text.replace(/^[ \t]/, '').replace(/^\.$/, '') });
    else fields.push({ name: name.toLowerCase(), lines: [{ ...line, text: value.trim() }] });
  }
  const take = (name: string): readonly TextLine[] => fields.find((one) => one.name === name)?.lines ?? [];
  const description = take('description');
  const title = description.findIndex(({ text }) => !isBlank(text));
  const [who] = [...take('author'), ...take('from')];
  const [date] = take('last-update');
  const others = head.filter(({ text }) => /^(?!Description|Author|From|Last-Update)[A-Z][\w-]*:/i.test(text));
  const blank = { text: '', number: others[0]?.number ?? 1 };
  return {
    lines: [...description.slice(title + 1), blank, ...others, ...lines.slice(first + head.length)],
    head: headOf(description[title]?.text.trim(), who?.text, date?.text),
  };
}
