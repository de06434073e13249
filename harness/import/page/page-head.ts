import { defined } from '../../model/index.ts';
import { parseAddress, plainAddress } from '../mail/address.ts';
import { readPerson } from '../mail/hidden.ts';
import { isBlank } from '../text/bytes.ts';
import type { Address } from '../text/types.ts';

/** A line of a page, decoded. */
export interface PageLine {
  readonly text: string;
  readonly number: number;
}

export interface PageHead {
  readonly subject?: string;
  readonly author?: Address;
  readonly date?: string;
  /** What stands below, without the head's lines. */
  readonly rest: readonly PageLine[];
}

/** Links and buttons around a message, and the words of a commit page that say nothing about the patch. */
const furniture =
  /^\s*(?:\[?View Forum Message\b|\[?Reply to Message\b|(?:Previous|Next) message\b|Messages sorted by\b|(?:commit|tree|parents?|Merge):?\s+[0-9a-f]{7,40}\b|(?:committer\s|Commit:\s).*<|CommitDate:\s|projects \/|summary \||raw \||raw$|\(parent:|side by side$|inline$|patch$|tag \||Message-Id:|In-Reply-To:|References:|To:|Cc:|List-|Content-|MIME-Version:|X-)/i;

const person = /^[^<>:]{2,60}\s<?\S+(?: at |@)[\w.-]+>?$/;

/** pipermail writes name and address, and the date below. */
function isPerson(lines: readonly PageLine[], at: number): boolean {
  return person.test(lines[at]?.text.trim() ?? '') && isDay(lines[at + 1]?.text ?? '');
}

function isDay(text: string): boolean {
  return /^\s*(?:mon|tue|wed|thu|fri|sat|sun)/i.test(text) && isDate.test(text);
}

const isDate = /^(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? )?.*\b(?:19|20)\d\d\b/i;

/**
 * Reads the head of a page: header lines, the lines that pipermail, forums and gitweb write, or nothing at all. Where no
 * subject is told, the first line with text is it.
 *
 * @param fallbackTitle whether a first line without any mark may be the subject
 */
export function readPageHead(lines: readonly PageLine[], fallbackTitle: boolean): PageHead {
  let subject: string | undefined;
  let author: Address | undefined;
  let date: string | undefined;
  let at = 0;
  let sawMark = false;
  const before: PageLine[] = [];
  for (; at < lines.length; at++) {
    const line = lines[at];
    if (line === undefined) break;
    const text = line.text.trim();
    if (text === '') {
      // A blank line ends a head, unless nothing of it was seen yet or more of it follows.
      if (sawMark && !marksFollow(lines, at)) break;
      continue;
    }
    const field = /^\**(From|Author|Subject|Date|AuthorDate|Sent)\**:\**\s*(.+)$/i.exec(text);
    const forum = /^Posted by:?\s+\[?(.+?)\]?(?:\([^)]*\))?\s+on\s+(.+)$/i.exec(text);
    const gitweb = /^author\s+(.+?<[^<>]+>)\s*(.*)$/.exec(text);
    const name = field?.[1]?.toLowerCase();
    const value = field?.[2];
    if (value !== undefined && name === 'subject') {
      subject = value;
      // A long subject goes on in the next line.
      while (/^[ \t]+\S/.test(lines[at + 1]?.text ?? '')) subject += ` ${lines[++at]?.text.trim() ?? ''}`;
    } else if (value !== undefined && (name === 'from' || name === 'author')) author = readPerson(value) ?? author;
    else if (value !== undefined) date ??= value;
    else if (forum?.[1] !== undefined) {
      author = parseAddress(forum[1]) ?? { name: forum[1].trim(), email: '' };
      date = forum[2]?.trim();
    } else if (gitweb?.[1] !== undefined) {
      author = parseAddress(gitweb[1]);
      const when = gitweb[2] || lines[at + 1]?.text.trim();
      if (when !== undefined && isDate.test(when)) {
        date = when.replace(/\s*\(.*\)$/, '');
        if (gitweb[2] === '') at++;
      }
    } else if (/^\[[^\]]*PATCH[^\]]*\]/i.test(text) && subject === undefined) subject = text;
    else if (furniture.test(text)) {
      if (text.startsWith('committer') && isDay(lines[at + 1]?.text ?? '')) at++;
      continue;
    } else {
      if (isPerson(lines, at) && author === undefined) author = parseAddress(text);
      else if (sawMark && date === undefined && isDay(text)) date = text;
      else if (sawMark && (author !== undefined || subject !== undefined)) break;
      else {
        // Perhaps the title above gitweb's author line, perhaps the message itself.
        before.push(line);
        if (before.length > 6) break;
        continue;
      }
    }
    sawMark = true;
  }
  if (!sawMark) return takeTitle(lines, {}, fallbackTitle);
  const rest = lines.slice(at);
  const found = {
    ...defined({ author }),
    ...(date === undefined ? {} : { date: plainDate(date) }),
  };
  const title = subject ?? before.at(-1)?.text.trim();
  if (title === undefined) return takeTitle(rest, found, fallbackTitle);
  const first = rest.findIndex(({ text }) => !isBlank(text));
  // A commit page repeats the title as the first line of the message.
  const repeated = first >= 0 && rest[first]?.text.trim() === title;
  return { subject: title, ...found, rest: repeated ? rest.slice(first + 1) : rest };
}

/** A file that cvs does not know, and what git says of the files of a diff. */
const noTitle =
  /^(?:\? \S|:\d{6} \d{6} | \S.* \|\s+(?:\d+ [+-]*|Bin .*)$| \d+ files? changed\b| (?:create|delete) mode \d)/;

function takeTitle(
  lines: readonly PageLine[],
  found: { readonly author?: Address; readonly date?: string },
  fallbackTitle: boolean,
): PageHead {
  const first = lines.findIndex(({ text }) => !isBlank(text) && !noTitle.test(text));
  if (!fallbackTitle || first < 0) return { ...found, rest: lines };
  return { subject: lines[first]?.text.trim() ?? '', ...found, rest: lines.slice(first + 1) };
}

function marksFollow(lines: readonly PageLine[], at: number): boolean {
  const next = lines.findIndex(({ text }, index) => index >= at && !isBlank(text));
  const text = lines[next]?.text.trim() ?? '';
  if (/^(?:Posted by|author\s+.+<|(?:From|Author|Subject|Date|AuthorDate):|\[?View Forum Message)/i.test(text))
    return true;
  return next >= 0 && isPerson(lines, next);
}

function plainDate(date: string): string {
  return date.trim().replace(/\s+/g, ' ');
}

/** Who is quoted, from the line above a quotation: `Quoting …:`, `On <date>, … wrote:`. */
export function readAttribution(text: string): { readonly author?: Address; readonly date?: string } | undefined {
  const plain = plainAddress(text.replace(/\s+/g, ' ').trim());
  const quoting = /^Quoting (.+?):$/i.exec(plain)?.[1];
  const wrote =
    /^(?:On (.+?\b(?:19|20)\d\d\b(?:,? (?:at )?[\d:.]+(?: ?[ap]m)?)?(?: [+-]\d{4})?(?: \([A-Z]+\))?)?,? ?)?(.+?) (?:wrote|writes|said|schrieb)\s?:$/i.exec(
      plain,
    );
  if (quoting === undefined && wrote === null) return undefined;
  const author = parseAddress(quoting ?? wrote?.[2] ?? '');
  const date = wrote?.[1];
  return { ...defined({ author, date }) };
}
