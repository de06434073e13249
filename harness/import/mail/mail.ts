import { defined } from '../../model/index.ts';
import { namedBase, namedBaseOf } from '../base/needs.ts';
import { maybeForeign, tellForeign } from '../diff/foreign.ts';
import { tellLoose } from '../diff/loose.ts';
import { startsNamedDiff } from '../diff/structure.ts';
import { decodeText, joinText } from '../text/bytes.ts';
import { type Bytes, type MailMessage, noFindings } from '../text/types.ts';
import { joinAttached } from './attached.ts';
import { splitBody } from './body.ts';
import { decodeField, type Headers, messageIds, splitHead } from './header.ts';
import { readPerson, tellHidden } from './hidden.ts';
import { isMbox, splitMails, splitMbox } from './mbox.ts';
import { type TextPart, textParts } from './mime.ts';
import { parseSubject } from './subject.ts';
import { maybeUuencoded } from './uuencoded.ts';

/** A quick look: without one of these there is no diff in an unencoded body. */
const maybeDiff = [/^(?:diff -|Index: |--- |@@ -|index [0-9a-f])/m, maybeForeign, maybeUuencoded];

/**
 * Reads one mail. It gives several messages where patches are attached as files that are mails themselves.
 *
 * @param line the mail's first line in its source
 */
export function readMail(source: string, text: Bytes, line: number): MailMessage[] {
  const { headers, body, headLines } = splitHead(text);
  const encoded = `${headers.raw('content-transfer-encoding') ?? ''} ${headers.raw('content-type') ?? ''}`;
  const simple =
    !/base64|quoted-printable|multipart|flowed|rfc822|html|utf-?(?:7|16)/i.test(encoded) && !body.includes('\r');
  if (simple && !maybeDiff.some((form) => form.test(body))) {
    // The common case of a big archive: nothing here but words.
    const charset = /charset="?([^\s";]+)/i.exec(headers.raw('content-type') ?? '')?.[1];
    return [makeMessage(source, line, headers, { lines: undefined, words: decodeText(body, charset) })];
  }
  const parts = textParts(headers, body, line + headLines);
  const { inline, files } = sortParts(parts.filter((part) => !part.isMail));
  const own = makeMessage(source, line, headers, { lines: inline });
  for (const { lines, problems } of parts) {
    for (const text of problems) own.findings.problems.push({ line: lines[0]?.number ?? line, text });
  }
  const attached = parts.filter((part) => part.isMail).flatMap((part) => readAttached(source, part));
  const bare = files.map((part) => readFilePart(source, own, part));
  if (attached.length + bare.length === 0) return [own];
  return joinAttached(own, [...attached, ...bare]);
}

/** The parts that are the mail's text and its diff, and attached diffs that are further patches. */
function sortParts(parts: readonly TextPart[]): {
  readonly inline: readonly TextPart[];
  readonly files: readonly TextPart[];
} {
  const plain = parts.some(({ html }) => !html) ? parts.filter(({ html }) => !html) : parts;
  const text = plain.filter(({ fileName }) => fileName === undefined);
  const diffs = plain.filter((part) => part.fileName !== undefined && holdsDiff(part));
  const ownDiff = text.some(holdsDiff);
  if (!ownDiff && diffs.length === 1) return { inline: [...text, ...diffs], files: [] };
  if (ownDiff || diffs.length > 1) return { inline: text, files: diffs };
  return { inline: text.length > 0 ? text : plain, files: [] };
}

function holdsDiff({ lines }: TextPart): boolean {
  return lines.some((_, at) => startsNamedDiff(lines, at));
}

/** An attached diff without a mail's head is called what its file is called. */
function readFilePart(source: string, own: MailMessage, { lines, fileName = '', charset }: TextPart): MailMessage {
  const body = splitBody(lines, true);
  const title = fileName
    .replace(/\.\w+$/, '')
    .replace(/^\d{1,4}[-_. ]/, '')
    .replace(/[-_]+/g, ' ');
  return {
    source,
    line: lines[0]?.number ?? own.line,
    subject: { ...parseSubject(''), title, version: own.subject.version },
    references: [],
    text: decodeText(joinText(body.message), charset),
    below: body.below,
    diff: body.diff,
    mangled: false,
    findings: { ...noFindings(), problems: tellLoose(body.near) },
    ...defined({ author: own.author, sender: own.sender, date: own.date }),
  };
}

function readAttached(source: string, part: TextPart): MailMessage[] {
  const first = part.lines[0]?.number ?? 1;
  const text = `${joinText(part.lines)}\n`;
  const mails = isMbox(text) ? splitMbox(text) : splitMails(text);
  const found = mails.flatMap((mail) => readMail(source, mail.text, first + mail.line - 1));
  if (!part.forwarded) return found;
  return found.map((message) => ({ ...message, subject: { ...message.subject, forward: true } }));
}

type Content = { readonly lines: readonly TextPart[] } | { readonly lines: undefined; readonly words: string };

function makeMessage(source: string, line: number, headers: Headers, content: Content): MailMessage {
  const sender = readPerson(headers.get('from') ?? '');
  const messageId = messageIds(headers.raw('message-id'))[0];
  const answered = messageIds(headers.raw('in-reply-to'));
  const others = messageIds(headers.raw('references')).filter((id) => !answered.includes(id));
  const date = headers.get('date');
  const common = {
    source,
    line,
    references: [...new Set([...others, ...answered.toReversed()])],
    mangled: false,
    ...defined({ sender, messageId }),
  };
  const subject = headers.get('subject') ?? '';
  if (content.lines === undefined) {
    return {
      ...common,
      subject: parseSubject(subject),
      text: content.words,
      below: [],
      diff: [],
      findings: noFindings(),
      ...defined({ author: sender, date }),
      ...namedBase(content.words),
    };
  }
  const [first, ...more] = content.lines;
  const charset = first?.charset;
  // Most mails have one part, whose lines need no copy.
  const lines = first && more.length === 0 ? first.lines : content.lines.flatMap((part) => part.lines);
  const html = content.lines.some((part) => part.html);
  const body = splitBody(lines, !html);
  const inHead = (name: string): string | undefined => {
    const value = body.inHead.get(name);
    return value === undefined ? undefined : decodeField(value, charset);
  };
  const author = readPerson(inHead('from') ?? '') ?? sender;
  const findings = noFindings();
  const [firstLine] = lines;
  for (const text of content.lines.flatMap((part) => part.undone))
    findings.repairs.push({ line: firstLine?.number ?? line, text });
  if (body.above.length > 0) {
    const at = body.above[0]?.number ?? line;
    findings.notes.push({ line: at, text: asOneLine(decodeText(joinText(body.above), charset)) });
  }
  const told = body.diff.length === 0 ? tellForeign(lines) : tellForeign([...body.message, ...body.below], true);
  findings.problems.push(...told, ...tellLoose(body.near));
  if (body.diff.length > 0) {
    const shown = body.message.filter(({ text }) => text.includes(':'));
    tellHidden(
      shown.map(({ text, number }) => ({ text: decodeText(text, charset), number })),
      { author, line },
      findings,
    );
  }
  const finalDate = inHead('date') ?? date;
  const words = decodeText(joinText(body.diff.length === 0 ? lines : body.message), charset);
  return {
    ...common,
    subject: { ...parseSubject(subjectOf(inHead('subject'), subject)), ...passedBy(subject) },
    text: words,
    below: body.below,
    diff: body.diff,
    mangled: html,
    findings,
    ...defined({ author, date: finalDate }),
    ...namedBaseOf(lines),
  };
}

/** A patch with a head of its own in an answer is still one that was not posted. */
function passedBy(subject: string): { readonly reply: boolean; readonly forward: boolean } {
  const { reply, forward } = parseSubject(subject);
  return { reply, forward };
}

/** A subject within the body names the title; the numbering stays in the mail's own. */
function subjectOf(inBody: string | undefined, own: string): string {
  if (inBody === undefined) return own;
  const brackets = /^(?:\s*\[[^[\]]*\])+/;
  return brackets.test(inBody) ? inBody : `${brackets.exec(own)?.[0] ?? ''} ${inBody}`;
}

/** Lines of prose as one. */
export function asOneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
