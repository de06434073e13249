import { plainTrailerText } from '../mail/hidden.ts';
import { asOneLine } from '../mail/mail.ts';
import { isBlank } from '../text/bytes.ts';

import type { PageLine } from './page-head.ts';

/** What a replier wrote, a paragraph each, without greetings and the foot of the page. */
export function paragraphs(lines: readonly PageLine[]): { line: number; text: string }[] {
  const groups: PageLine[][] = [];
  let previous = -1;
  for (const line of lines) {
    if (isBlank(line.text) || courtesy.test(line.text.trim())) {
      previous = -1;
      continue;
    }
    if (line.number === previous + 1) groups.at(-1)?.push(line);
    else groups.push([line]);
    previous = line.number;
  }
  return groups.map((group) => ({
    line: group[0]?.number ?? 1,
    text: asOneLine(group.map(({ text }) => text).join(' ')),
  }));
}

/** Addresses in trailers, as people wrote them. */
export function plainTrailer(line: PageLine): PageLine {
  return { ...line, text: plainTrailerText(line.text) };
}

/** `git log` and `git show` put four spaces in front of each line of the message. */
export function dedent(lines: readonly PageLine[]): PageLine[] {
  const all = lines.every(({ text }) => isBlank(text) || text.startsWith('    '));
  return lines.map((line) => (all ? { ...line, text: line.text.slice(4) } : line));
}

const courtesy =
  /^(?:(?:hi|hello|hey|dear)\b[^.]{0,40}|(?:thanks|thank you|cheers|regards|best regards|best|bye)[\s,.!]*|--? ?\w{0,20}|_{10,}|-{10,}|={10,}|More information about the .* mailing list|.*mailing list\s*$|https?:\S+)$/i;
