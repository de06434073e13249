import type { Bytes } from '../text/types.ts';
import { splitHead } from './header.ts';

export interface RawMail {
  /** The mail without the separator line. */
  readonly text: Bytes;
  /** Line of the source at which `text` begins, from 1. */
  readonly line: number;
}

/** `From ` with a time of day and a year: what mail programs and `git format-patch` put between mails. */
const dated = /^From \S+.*\d{1,2}:\d{2}(?::\d{2})?.*\d{4}\s*$/;
const headerLine = /^(?:[A-Za-z][\w-]*:|>?From )/;

/** Longer no head is in which the fields of a mail are looked for. */
const longestHead = 20_000;

/** The lines of a head that begins at an offset, and where its body begins; undefined where there is no such head. */
function headAt(text: Bytes, at: number): { readonly head: Bytes; readonly body: number } | undefined {
  if (!headerLine.test(text.slice(at, at + 80))) return undefined;
  const end = /\r?\n\r?\n/.exec(text.slice(at, at + longestHead));
  const head = text.slice(at, at + (end?.index ?? longestHead));
  return { head, body: at + head.length + (end?.[0].length ?? 0) };
}

const isField = (name: string): RegExp => new RegExp(`^${name}:`, 'im');
const [from, subject, date, id] = ['From', 'Subject', 'Date', 'Message-ID'].map(isField) as [
  RegExp,
  RegExp,
  RegExp,
  RegExp,
];

/** Whether a `From ` line parts two mails: it has a date, or the head of a mail follows it. */
function isSeparator(text: Bytes, at: number): boolean {
  if (!text.startsWith('From ', at)) return false;
  const end = text.indexOf('\n', at);
  if (end < 0) return false;
  const found = headAt(text, end + 1);
  if (found === undefined) return false;
  if (dated.test(text.slice(at, end))) return true;
  return from.test(found.head) && (subject.test(found.head) || date.test(found.head));
}

/** Whether a text is an mbox: a separator line, then a header. */
export function isMbox(text: Bytes): boolean {
  return isSeparator(text, firstText(text));
}

/** How a mail's head begins. */
const headStart =
  /^(?:From|To|Cc|Date|Subject|Message-Id|Received|Return-Path|Delivered-To|MIME-Version|X-[\w-]+|Content-[\w-]+|List-[\w-]+|Reply-To|Sender|In-Reply-To|References|Authentication-Results|DKIM-Signature|ARC-[\w-]+):\s?\S/i;

/** Whether a text is a mail: header fields from the first line on, with a From or Subject among them, then a blank line. */
export function isMail(text: Bytes): boolean {
  if (!headStart.test(text.slice(0, 200))) return false;
  const { headers, body } = splitHead(text);
  return body !== '' && headers.raw('from') !== undefined && headers.raw('subject') !== undefined;
}

function firstText(text: Bytes): number {
  return Math.max(0, text.slice(0, 200).search(/[^\s\u00bb\u00bf\u00ef]/));
}

/**
 * Splits an mbox. A body line that begins with `From ` does not end a mail unless it has a separator's form and a header
 * follows it, nor where the mail's own length says that it goes further; the `>` that the mboxrd form puts in front of
 * such lines is taken off.
 */
export function splitMbox(text: Bytes): RawMail[] {
  const starts: { at: number; body: number }[] = [];
  for (let at = firstText(text); at >= 0 && at < text.length; ) {
    if (isSeparator(text, at)) {
      const body = text.indexOf('\n', at) + 1;
      starts.push({ at, body });
      at = endByLength(text, body) ?? at;
    }
    if (isSeparator(text, at) && starts.at(-1)?.at !== at) continue;
    const next = text.indexOf('\nFrom ', at);
    at = next < 0 ? -1 : next + 1;
  }
  return cut(text, starts).map((mail) => ({ ...mail, text: unescape(mail.text) }));
}

/** One mail, or several one after the other; the parts of a mail may be mails themselves, and are its own. */
export function splitMails(text: Bytes): RawMail[] {
  const parts = /^multipart\//i.test(splitHead(text).headers.raw('content-type') ?? '');
  return parts ? [{ text, line: 1 }] : splitHeads(text);
}

/** Mails that stand one after the other with nothing between them: each has a head with an id of its own. */
function splitHeads(text: Bytes): RawMail[] {
  const starts = [{ at: 0, body: 0 }];
  for (const { index } of text.matchAll(/\r?\n\r?\n(?=[A-Z][\w-]*: )/g)) {
    const at = index + (/^[\r\n]+/.exec(text.slice(index, index + 4))?.[0].length ?? 0);
    const { head = '' } = headAt(text, at) ?? {};
    if ([from, subject, date, id].every((field) => field.test(head))) starts.push({ at, body: at });
  }
  return cut(text, starts.length > 1 ? starts : patchHeads(text));
}

/** Patches that stand one after the other, each with author and title above it, as quilt keeps them. */
function patchHeads(text: Bytes): { at: number; body: number }[] {
  const starts = [{ at: 0, body: 0 }];
  for (const { index } of text.matchAll(/\n(?=(?:From|Subject): \S)/g)) {
    const at = index + 1;
    const { head = '' } = headAt(text, at) ?? {};
    if (!from.test(head) || !subject.test(head) || !/^(?:(?:[A-Za-z][\w-]*:|[ \t]).*\r?\n?)+$/.test(head)) continue;
    // The text of a mail may show the head of another one; between two diffs it begins a patch.
    const before = text.slice(starts.at(-1)?.at, at);
    if (hunk.test(before) && hunk.test(text.slice(at))) starts.push({ at, body: at });
  }
  return starts;
}

const hunk = /^@@ -\d|^diff --git /m;

function cut(text: Bytes, starts: readonly { readonly at: number; readonly body: number }[]): RawMail[] {
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (let next = text.indexOf('\n', counted); next >= 0 && next < offset; next = text.indexOf('\n', counted)) {
      line++;
      counted = next + 1;
    }
    return line;
  };
  return starts.map(({ body }, index) => ({ text: text.slice(body, starts[index + 1]?.at), line: lineAt(body) }));
}

/** Where a mail ends by its Content-Length, if another one begins there, or nothing. */
function endByLength(text: Bytes, start: number): number | undefined {
  const found = headAt(text, start);
  const length = /^Content-Length: *(\d+)\s*$/im.exec(found?.head ?? '')?.[1];
  if (found === undefined || length === undefined) return undefined;
  const end = found.body + Number(length);
  if (end >= text.length) return end <= text.length + 2 ? text.length : undefined;
  const blank = /^(?:\r?\n)*/.exec(text.slice(end, end + 8))?.[0].length ?? 0;
  return isSeparator(text, end + blank) && text[end + blank - 1] === '\n' ? end + blank : undefined;
}

function unescape(text: Bytes): Bytes {
  return text.includes('>From ') ? text.replace(/^>(>*From )/gm, '$1') : text;
}
