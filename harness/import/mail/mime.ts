import { defined } from '../../model/index.ts';
import {
  charsetName,
  decodeText,
  decodeUtf7,
  joinText,
  splitLines,
  toBytes,
  withoutCarriageReturns,
} from '../text/bytes.ts';
import { htmlLines } from '../text/html.ts';
import type { Bytes, TextLine } from '../text/types.ts';
import { withoutClearSignature } from './clear-signed.ts';
import { type Headers, parameter, splitHead } from './header.ts';
import { isMail, isMbox } from './mbox.ts';
import { isPacked, unpack } from './packed.ts';
import { undoTransfer, unflow } from './transfer.ts';
import { linesOf, takeUuencoded, type UuencodedFile } from './uuencoded.ts';

/** A part of a mail that shows text, its transfer encoding undone and its bytes otherwise as they were sent. */
export interface TextPart {
  readonly lines: readonly TextLine[];
  readonly charset?: string;
  /** Of an attachment. */
  readonly fileName?: string;
  /** The part is a mail of its own: a forwarded one, or an attached `git format-patch` file. */
  readonly isMail: boolean;
  /** It is a forwarded mail, not a file. */
  readonly forwarded: boolean;
  /** The text of an HTML page, whose white space need not be that of the sender. */
  readonly html: boolean;
  /** What had to be undone beside the transfer encoding. */
  readonly undone: readonly string[];
  /** What could not be read. */
  readonly problems: readonly string[];
}

/** Parts within parts: no honest mail goes deeper. */
const deepest = 10;

const windowsLines = 'Windows line ends (CR LF) turned into LF';

const patchName = /\.(?:patch|diff|mbox|eml|txt)$/i;
const hasDiff = /^(?:diff -|--- \S.*\n\+\+\+ \S|@@ -\d)/m;

/** The text parts of a mail, in order; images and other attachments are left out. */
export function textParts(headers: Headers, body: Bytes, firstLine: number, depth = 0): TextPart[] {
  const type = headers.raw('content-type') ?? 'text/plain';
  const kind = (/^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1] ?? 'text/plain').toLowerCase();
  if (kind.startsWith('multipart/')) {
    const pieces = splitParts(body, parameter(type, 'boundary') ?? guessBoundary(body), firstLine);
    // A mail whose parts can't be found still shows its text.
    if (pieces.length === 0) return leafParts(headers, 'text/plain', body, firstLine);
    if (depth >= deepest) return [tooDeep(firstLine)];
    const parts = pieces.map(({ text, line }) => {
      const inner = splitHead(text);
      // The parts of a digest are mails unless they say something else.
      const digest = kind === 'multipart/digest' && inner.headers.raw('content-type') === undefined;
      if (digest) {
        const mails = leafParts(inner.headers, 'message/rfc822', inner.body, line + inner.headLines);
        return mails.map((part) => ({ ...part, forwarded: false }));
      }
      return textParts(inner.headers, inner.body, line + inner.headLines, depth + 1);
    });
    // The alternatives show the same text in another form.
    if (kind !== 'multipart/alternative') return parts.flat();
    return parts.find((one) => one.some(({ html }) => !html)) ?? parts.find((one) => one.length > 0) ?? [];
  }
  return leafParts(headers, kind, body, firstLine);
}

function leafParts(headers: Headers, kind: string, body: Bytes, firstLine: number): TextPart[] {
  const type = headers.raw('content-type');
  const fileName = parameter(headers.raw('content-disposition'), 'filename') ?? parameter(type, 'name');
  const encoding = headers.raw('content-transfer-encoding')?.trim().toLowerCase();
  const charset = parameter(type, 'charset');
  if (isPacked(fileName ?? '')) {
    const lines = unpack(body, encoding, fileName ?? '', firstLine);
    if ('problem' in lines) return [unreadable(lines.problem, firstLine)];
    return [makePart(lines.lines, { fileName, charset }, [])];
  }
  const text = kind.startsWith('text/') || kind.startsWith('message/');
  const named = /(x-|\b)(patch|diff|mbox)\b/.test(kind) || patchName.test(fileName ?? '');
  if (closed.has(kind))
    return [unreadable(`the attachment ${fileName ?? kind} was not read: ${closed.get(kind) ?? ''}`, firstLine)];
  if (kind === 'text/calendar' || /^(?:image|audio|video|font)\//.test(kind)) return [];
  const decoded = undoTransfer(body, encoding, firstLine);
  if (!text && !named && !hasDiff.test(joinText(decoded))) return [];
  const undone: string[] = [];
  const narrow = fromWide(decoded, charset);
  const lines = undoForms(narrow.lines, type, encoding, undone);
  if (kind === 'text/html')
    return [{ ...nothing, lines: pageLines(lines), html: true, undone: [...undone, 'text taken out of HTML'] }];
  if (encoded.test(encoding ?? '')) return takeUuencoded(lines).files.flatMap(filePart);
  const part = makePart(lines, { fileName, charset: narrow.charset }, undone);
  if (fileName === undefined && kind === 'text/plain') return withUuencoded(part);
  return [/^message\/(?:rfc822|global)$/.test(kind) ? { ...part, isMail: true, forwarded: true } : part];
}

const nothing: TextPart = { lines: [], isMail: false, forwarded: false, html: false, undone: [], problems: [] };

/** Kinds of attachments that only their own programs open. */
const closed: ReadonlyMap<string, string> = new Map([
  ['application/ms-tnef', 'only Outlook opens it; ask for the patch as plain text'],
  ['application/pkcs7-mime', 'it is encrypted or signed as a whole; save the mail as your mail program shows it'],
  ['application/x-pkcs7-mime', 'it is encrypted or signed as a whole; save the mail as your mail program shows it'],
  ['application/pgp-encrypted', 'the mail is encrypted; save it as your mail program shows it'],
]);

const encoded = /^(?:x-)?uu(?:encode|e)$/;

function unreadable(problem: string, line: number): TextPart {
  return { ...nothing, problems: [problem], lines: [{ text: '', number: line }] };
}

/** A part, and the files that stand in its text in the form of old mail programs. */
function withUuencoded(part: TextPart): TextPart[] {
  const { rest, files } = takeUuencoded(part.lines);
  return files.length === 0 ? [part] : [{ ...part, lines: rest }, ...files.flatMap(filePart)];
}

function filePart(file: UuencodedFile): TextPart[] {
  const { fileName, line, bytes, problem } = file;
  if (problem !== undefined) return [unreadable(problem, line)];
  if (isPacked(fileName)) {
    const found = unpack(bytes, undefined, fileName, line);
    if ('problem' in found) return [unreadable(found.problem, line)];
    return [makePart(found.lines, { fileName, charset: undefined }, [])];
  }
  if (!patchName.test(fileName) && !hasDiff.test(bytes)) return [];
  const undone: string[] = [];
  const lines = undoForms(linesOf(file), undefined, 'base64', undone);
  return [makePart(lines, { fileName, charset: undefined }, undone)];
}

function makePart(
  lines: readonly TextLine[],
  { fileName, charset }: { readonly fileName: string | undefined; readonly charset: string | undefined },
  undone: readonly string[],
): TextPart {
  return { ...nothing, lines, undone, isMail: looksLikeMail(fileName, lines), ...defined({ charset, fileName }) };
}

function tooDeep(line: number): TextPart {
  return unreadable(
    `the parts of the mail are nested more than ${deepest} deep: what is further in was not read`,
    line,
  );
}

function undoForms(
  given: readonly TextLine[],
  type: string | undefined,
  encoding: string | undefined,
  undone: string[],
): readonly TextLine[] {
  let lines = given;
  const plain = withoutCarriageReturns(lines);
  if (plain !== undefined) {
    // On the wire every mail has CR LF; only within an encoding, or where some lines have none, it was somebody's wish.
    const wire =
      encoding !== 'base64' && encoding !== 'quoted-printable' && lines.every(({ text }) => text.endsWith('\r'));
    if (!wire) undone.push(windowsLines);
    lines = plain;
  }
  if (/flowed/i.test(parameter(type, 'format') ?? '')) {
    const flowed = unflow(lines, /yes/i.test(parameter(type, 'delsp') ?? ''));
    if (flowed !== undefined) {
      lines = flowed;
      undone.push('format=flowed undone');
    }
  }
  return withoutClearSignature(lines);
}

/**
 * Text in two bytes a character can't be cut into lines before it is decoded, and UTF-7 writes the plus signs of a diff in
 * another way. What is decoded here is UTF-8.
 */
function fromWide(
  lines: readonly TextLine[],
  charset: string | undefined,
): { readonly lines: readonly TextLine[]; readonly charset: string | undefined } {
  const name = charsetName(charset ?? '');
  if (name === 'utf-7') {
    const texts = lines.map(({ text }) => decodeUtf7(text));
    if (texts.includes(undefined)) return { lines, charset: undefined };
    return { lines: lines.map((line, at) => ({ ...line, text: toBytes(texts[at] ?? '') })), charset: 'utf-8' };
  }
  if (!name.startsWith('utf-16')) return { lines, charset };
  const first = lines[0]?.number ?? 1;
  const text = decodeText(joinText(lines), charset);
  const decoded = splitLines(toBytes(text.replace(/^\ufeff/, '')));
  return { lines: decoded.map((line) => ({ ...line, number: first })), charset: 'utf-8' };
}

function pageLines(lines: readonly TextLine[]): TextLine[] {
  const first = lines[0]?.number ?? 1;
  return htmlLines(joinText(lines)).map(({ text, number }) => ({ text, number: lines[number - 1]?.number ?? first }));
}

function looksLikeMail(fileName: string | undefined, lines: readonly TextLine[]): boolean {
  if (fileName === undefined || !/^(?:From |[A-Z][\w-]*: )/i.test(lines[0]?.text ?? '')) return false;
  const text = joinText(lines);
  return /^(?:From [0-9a-f]{40} |From: |Subject: )/.test(text) || isMbox(text) || isMail(text);
}

/** Where a mail does not say how its parts are divided, its first line with text does. */
function guessBoundary(body: Bytes): string {
  return /^\s*--(\S.*)$/m.exec(body.slice(0, 2000))?.[1]?.trimEnd() ?? '';
}

function splitParts(body: Bytes, boundary: string, firstLine: number): { text: Bytes; line: number }[] {
  if (boundary === '') return [];
  const parts: { lines: Bytes[]; line: number }[] = [];
  let open = false;
  let number = firstLine - 1;
  for (const line of body.split('\n')) {
    number++;
    if (line.startsWith('--')) {
      const trimmed = line.trimEnd();
      if (trimmed === `--${boundary}--`) break;
      if (trimmed === `--${boundary}`) {
        parts.push({ lines: [], line: number + 1 });
        open = true;
        continue;
      }
    }
    if (open) parts.at(-1)?.lines.push(line);
  }
  return parts.map(({ lines, line }) => ({ text: `${lines.join('\n')}\n`, line }));
}
