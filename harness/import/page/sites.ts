import { parseAddress } from '../mail/address.ts';
import { isBlank } from '../text/bytes.ts';
import type { PageHead, PageLine } from './page-head.ts';

/** A kind of page whose head can be told from its lines, whether it was saved as HTML or copied as text. */
interface Site {
  readonly name: string;
  /** Undefined where the lines are not of this kind. */
  read(lines: readonly PageLine[]): PageHead | undefined;
}

const day = /(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? .*\b(?:19|20)\d\d\b.*|\b(?:19|20)\d\d-\d\d-\d\d\b.*/i;

function find(lines: readonly PageLine[], pattern: RegExp, from = 0): number {
  return lines.findIndex(({ text }, index) => index >= from && pattern.test(text.trim()));
}

function dateIn(text: string): string | undefined {
  const found = day.exec(text)?.[0].replace(/\s*\([^)]*\)\s*$/, '');
  return found?.replace(/\s+/g, ' ').trim();
}

/** The first line with text at or after an index. */
function nextSolid(lines: readonly PageLine[], from: number): number {
  return lines.findIndex(({ text }, index) => index >= from && !isBlank(text));
}

function without<T extends object>(head: T): T {
  return Object.fromEntries(Object.entries(head).filter(([, value]) => value !== undefined)) as T;
}

/** `author Name <mail>`, with or without white space between the cells, as gitweb and cgit have it. */
const authorCell = /^author\s*(\S.*?<[^<>]*>)\s*(.*)$/;
const committerCell = /^committer\s*\S.*<[^<>]*>/;
const objectCell = /^(?:commit|tree|parents?|download)\s*(?:[0-9a-f]{7,40}|[\w.+-]+\.tar)/;
/** Buttons and ways of a repository browser. */
const browser =
  /^(?:projects \/|summary\b.*\|| *(?:raw|patch|inline|side by side)\b.*(?:\||\(parent|$)|\(parent|.*\/ ?(?:commit|commitdiff)$|.* Git - .*)/;

/** gitweb: the title stands above the author, the message below the committer and the objects. */
const gitweb: Site = {
  name: 'gitweb',
  read(lines) {
    const at = find(lines, authorCell);
    const committer = at < 0 ? -1 : find(lines, committerCell, at);
    if (at < 0 || committer < 0 || committer > at + 4) return undefined;
    const [, who = '', when = ''] = authorCell.exec(lines[at]?.text.trim() ?? '') ?? [];
    const title = lines.slice(0, at).findLast(({ text }) => !isBlank(text) && !browser.test(text.trim()));
    const date = dateIn(when) ?? dateIn(lines[nextSolid(lines, at + 1)]?.text ?? '');
    let next = committer + 1;
    while (next < lines.length) {
      const text = lines[next]?.text.trim() ?? '';
      if (text !== '' && !objectCell.test(text) && !/^(?:mon|tue|wed|thu|fri|sat|sun)\w*, .*\d{4}/i.test(text)) break;
      next++;
    }
    // Where the title does not stand above it stands below.
    const subject = (title ?? lines[next])?.text.trim();
    if (subject === undefined) return undefined;
    const rest = lines.slice(title === undefined ? next + 1 : next);
    // A commit page repeats the title above the message.
    const repeated = rest[0]?.text.trim() === subject;
    const author = parseAddress(who);
    return without({ subject, author, date, rest: repeated ? rest.slice(1) : rest }) as PageHead;
  },
};

/** cgit: a table of author, committer and objects, then the title, the message, and a diffstat. */
const cgit: Site = {
  name: 'cgit',
  read(lines) {
    const at = find(lines, authorCell);
    const object = at < 0 ? -1 : find(lines, /^commit\s*[0-9a-f]{40} ?\((?:patch|diff)\)/, at);
    if (object < 0 || object > at + 6) return undefined;
    const [, who = '', when = ''] = authorCell.exec(lines[at]?.text.trim() ?? '') ?? [];
    let next = object;
    while (next < lines.length) {
      const text = lines[next]?.text.trim() ?? '';
      if (text !== '' && !objectCell.test(text)) break;
      next++;
    }
    const stat = lines.findLastIndex(({ text }) => /^Diffstat(?:\s*\(.*\))?$/.test(text.trim()));
    const title = lines[next]?.text.trim();
    if (title === undefined) return undefined;
    const rest = lines.slice(next + 1, stat < 0 ? lines.length : stat);
    return without({ subject: title, author: parseAddress(who), date: dateIn(when), rest }) as PageHead;
  },
};

/** Patchwork: a table about the patch, then who sent it, the message with all that stood above the diff, the diff. */
const patchwork: Site = {
  name: 'patchwork',
  read(lines) {
    const table = find(lines, /^Message[ -]ID\s*\S+/i);
    const heading = find(lines, /^Commit Message$/i);
    if (table < 0 || heading < table) return undefined;
    const title = lines.slice(0, table).findLast(({ text }) => !isBlank(text));
    const end = lines.findLastIndex(({ text }, index) => index > heading && /^Patch$/.test(text.trim()));
    const meta = nextSolid(lines, heading + 1);
    const date = dateIn(lines[meta]?.text.trim() ?? '');
    const rest = lines.slice(meta + 1, end < 0 ? lines.length : end);
    return without({ subject: title?.text.trim() ?? '', date, rest }) as PageHead;
  },
};

/** lkml.org: date, sender and subject in a table whose cells may have run together; no address is shown. */
const lkml: Site = {
  name: 'lkml.org',
  read(lines) {
    const at = find(lines, /^Date\s*(?:mon|tue|wed|thu|fri|sat|sun)/i);
    const from = /^From\s*([^:\s].*)$/.exec(lines[nextSolid(lines, at + 1)]?.text.trim() ?? '')?.[1];
    const below = nextSolid(lines, nextSolid(lines, at + 1) + 1);
    const subject = /^Subject\s*([^:\s].*)$/.exec(lines[below]?.text.trim() ?? '')?.[1];
    if (at < 0 || from === undefined || subject === undefined) return undefined;
    const name = from.replace(/\s*<[^<>]*>\s*$/, '').trim();
    const author = parseAddress(from) ?? { name, email: '' };
    return without({ subject, author, date: dateIn(lines[at]?.text ?? ''), rest: lines.slice(below + 1) }) as PageHead;
  },
};

/** pipermail: the title, the sender's name, the address alone on a line, the day, then ways through the list. */
const pipermail: Site = {
  name: 'pipermail',
  read(lines) {
    const at = lines.findIndex(
      ({ text }, index) =>
        /^[\w.+-]+(?: at |@)[\w.-]+$/.test(text.trim()) &&
        /^(?:mon|tue|wed|thu|fri|sat|sun)\w*,? .*\b(?:19|20)\d\d\b/i.test(
          lines[nextSolid(lines, index + 1)]?.text.trim() ?? '',
        ),
    );
    const above = lines.slice(0, Math.max(0, at)).filter(({ text }) => !isBlank(text));
    const [title, name] = above.slice(-2);
    if (at < 0 || title === undefined || name === undefined) return undefined;
    const when = nextSolid(lines, at + 1);
    let next = when + 1;
    while (
      next < lines.length &&
      (isBlank(lines[next]?.text ?? '') || listNavigation.test(lines[next]?.text.trim() ?? ''))
    )
      next +=
        /^(?:Previous|Next) message/i.test(lines[next]?.text.trim() ?? '') && /:\s*$/.test(lines[next]?.text ?? '')
          ? 2
          : 1;
    const author = parseAddress(`${name.text.trim()} <${lines[at]?.text.trim() ?? ''}>`);
    const date = dateIn(lines[when]?.text.trim() ?? '');
    return without({ subject: title.text.trim(), author, date, rest: lines.slice(next) }) as PageHead;
  },
};

const listNavigation = /^(?:(?:Previous|Next) message\b|Messages sorted by\b|\[ (?:date|thread|subject|author) \])/i;

/** From the most telling to the least. */
const sites: readonly Site[] = [cgit, gitweb, patchwork, lkml, pipermail];

/** The head of a page of a known kind; undefined for every other. */
export function readSite(lines: readonly PageLine[]): PageHead | undefined {
  for (const site of sites) {
    const found = site.read(lines);
    if (found !== undefined) return found;
  }
  return undefined;
}
