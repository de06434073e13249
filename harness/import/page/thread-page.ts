import { decodeText, isBlank } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';
import type { PageHead } from './page-head.ts';

/** The line above a message on the page of a thread: by whom and when it was sent, with links to it. */
const heading =
  /^From: (?<name>.+?) @ (?<date>\d{4}-\d\d-\d\d +\d{1,2}:\d\d(?: UTC)?)\s*\((?:<(?<id>[^<>\s]+@[^<>\s]+)> )?permalink\b.*\braw\b.*\)\s*$/;

const title = /^\* +(?:\[[+-]\] +)?(?<subject>\S.*)$/;

/** Links below a message. */
const foot = /^\^ (?:<\S+> )?permalink raw reply\b/;

const permalink = /<a\s+href="?(?:[^"<>]*\/)?([^"<>/]+(?:@|%40)[^"<>/]+)\/?"?\s*>\s*permalink\s*<\/a>/gi;

/** Keeps the message ids that the links of a thread's page hold, which its text does not show. */
export function withPermalinks(html: Bytes): Bytes {
  return html.replace(permalink, (_, id: string) => `&lt;${id.replace(/%40/gi, '@')}&gt; permalink`);
}

/** What a page that shows many messages says of one of them. */
export interface Post {
  readonly lines: readonly TextLine[];
  /** Where the page has it in a form of its own, and not above the text. */
  readonly head?: Omit<PageHead, 'rest'>;
  readonly messageId?: string;
}

/** The messages of a page that shows a whole thread, as lore has it; undefined for every other page. */
export function threadPosts(lines: readonly TextLine[]): Post[] | undefined {
  const starts = lines.flatMap(({ text }, at) => (heading.test(text) ? [at] : []));
  if (starts.length === 0) return undefined;
  return starts.map((start, index) => {
    const { name = '', date = '', id } = heading.exec(lines[start]?.text ?? '')?.groups ?? {};
    const above = lines.slice(index === 0 ? 0 : starts[index - 1], start);
    const subject = above.flatMap(({ text }) => title.exec(text)?.groups?.['subject'] ?? []).at(-1);
    const author = { name: decodeText(name), email: '' };
    return {
      lines: textOf(lines.slice(start + 1, starts[index + 1])),
      head: { author, date: plainDate(date), ...(subject === undefined ? {} : { subject: decodeText(subject) }) },
      ...(id === undefined ? {} : { messageId: id }),
    };
  });
}

/** Without the lists of who got the message, and without the links and the next message's title below it. */
function textOf(lines: readonly TextLine[]): readonly TextLine[] {
  const first = lines.findIndex(({ text }) => isBlank(text));
  const end = lines.findIndex(({ text }) => foot.test(text));
  return lines.slice(Math.max(0, first), end < 0 ? lines.length : end);
}

function plainDate(date: string): string {
  const [, day = date, hours = '', minutes = ''] = /^(\S+) +(\d{1,2}):(\d\d)/.exec(date) ?? [];
  return hours === '' ? day : `${day} ${hours.padStart(2, '0')}:${minutes}:00 +0000`;
}
