import { defined } from '../../model/index.ts';
import { splitLines, withoutCarriageReturns } from '../text/bytes.ts';
import type { Bytes, Line } from '../text/types.ts';
import { type Headers, parameter, splitHead } from './header.ts';

/** A part of a mail that shows text, its transfer encoding undone and its bytes otherwise as they were sent. */
export interface TextPart {
  readonly lines: readonly Line[];
  readonly charset?: string;
  /** Of an attachment. */
  readonly fileName?: string;
  /** The part is a mail of its own: a forwarded one, or an attached `git format-patch` file. */
  readonly isMail: boolean;
  /** What had to be undone beside the transfer encoding. */
  readonly undone: readonly string[];
}

/** Parts within parts: no honest mail goes deeper. */
const deepest = 10;

/** The text parts of a mail, in order; images and other attachments are left out. */
export function textParts(headers: Headers, body: Bytes, firstLine: number, depth = 0): TextPart[] {
  const type = headers.raw('content-type') ?? 'text/plain';
  const kind = (/^\s*([\w.+-]+\/[\w.+-]+)/.exec(type)?.[1] ?? 'text/plain').toLowerCase();
  if (kind.startsWith('multipart/')) {
    const boundary = parameter(type, 'boundary');
    if (boundary === undefined || depth >= deepest) return [];
    const parts = splitParts(body, boundary, firstLine).flatMap(({ text, line }) => {
      const inner = splitHead(text);
      return textParts(inner.headers, inner.body, line + inner.headLines, depth + 1);
    });
    // The other alternatives show the same text in another form.
    return kind === 'multipart/alternative' ? parts.slice(0, 1) : parts;
  }
  const fileName =
    parameter(headers.raw('content-disposition'), 'filename') ?? parameter(headers.raw('content-type'), 'name');
  const namedPatch = /\.(patch|diff|mbox|eml|txt)$/i.test(fileName ?? '');
  if (!kind.startsWith('text/') && kind !== 'message/rfc822' && !/(x-|\b)(patch|diff)\b/.test(kind) && !namedPatch)
    return [];
  if (kind === 'text/html' || kind === 'text/calendar') return [];
  const undone: string[] = [];
  const encoding = headers.raw('content-transfer-encoding')?.trim().toLowerCase();
  let lines = undoTransfer(body, encoding, firstLine);
  const plain = withoutCarriageReturns(lines);
  if (plain !== undefined) {
    lines = plain;
    // On the wire every mail has CR LF; only within an encoding it was somebody's wish.
    if (encoding === 'base64') undone.push('Windows line ends (CR LF) turned into LF');
  }
  if (/flowed/i.test(parameter(type, 'format') ?? '')) {
    const flowed = unflow(lines);
    if (flowed !== undefined) {
      lines = flowed;
      undone.push('format=flowed undone');
    }
  }
  const charset = parameter(type, 'charset');
  return [
    {
      lines,
      undone,
      isMail: kind === 'message/rfc822' || looksLikeMail(fileName, lines),
      ...defined({ charset, fileName }),
    },
  ];
}

function looksLikeMail(fileName: string | undefined, lines: readonly Line[]): boolean {
  return fileName !== undefined && /^(From [0-9a-f]{40} |From: |Subject: )/.test(lines[0]?.text ?? '');
}

function undoTransfer(body: Bytes, encoding: string | undefined, firstLine: number): Line[] {
  if (encoding === 'base64') {
    // Decoded lines have no lines of their own in the source: the first one stands for them all.
    const text = Buffer.from(body, 'base64').toString('latin1');
    return splitLines(text).map((line) => ({ text: line.text, number: firstLine }));
  }
  const lines = splitLines(body, firstLine);
  return encoding === 'quoted-printable' ? undoQuotedPrintable(lines) : lines;
}

function undoQuotedPrintable(lines: readonly Line[]): Line[] {
  const out: Line[] = [];
  let open: { text: Bytes; number: number } | undefined;
  for (const { text, number } of lines) {
    const trimmed = text.replace(/[ \t\r]+$/, '');
    const soft = trimmed.endsWith('=');
    const decoded = (soft ? trimmed.slice(0, -1) : trimmed).replace(/=([0-9A-Fa-f]{2})/g, (_, hex: string) =>
      String.fromCharCode(Number.parseInt(hex, 16)),
    );
    open = { text: (open?.text ?? '') + decoded, number: open?.number ?? number };
    if (soft) continue;
    // An encoded line feed makes a line as a plain one does.
    for (const piece of open.text.split('\n')) out.push({ text: piece, number: open.number });
    open = undefined;
  }
  if (open !== undefined) out.push(open);
  return out;
}

/** Undoes RFC 3676: one space is taken off lines that begin with one, lines that end in a space are joined. */
function unflow(lines: readonly Line[]): Line[] | undefined {
  const out: Line[] = [];
  let open: { text: Bytes; number: number } | undefined;
  let changed = false;
  for (const { text, number } of lines) {
    const stuffed = text.startsWith(' ');
    changed ||= stuffed;
    const content = stuffed ? text.slice(1) : text;
    open = { text: (open?.text ?? '') + content, number: open?.number ?? number };
    // A space alone is an empty line of context, `-- ` begins the signature.
    if (content.endsWith(' ') && content !== '-- ' && content !== ' ') {
      changed = true;
      continue;
    }
    out.push(open);
    open = undefined;
  }
  if (open !== undefined) out.push(open);
  return changed ? out : undefined;
}

function splitParts(body: Bytes, boundary: string, firstLine: number): { text: Bytes; line: number }[] {
  const parts: { lines: Bytes[]; line: number }[] = [];
  let open = false;
  let number = firstLine - 1;
  for (const line of body.split('\n')) {
    number++;
    const trimmed = line.trimEnd();
    if (trimmed === `--${boundary}--`) break;
    if (trimmed === `--${boundary}`) {
      parts.push({ lines: [], line: number + 1 });
      open = true;
    } else if (open) parts.at(-1)?.lines.push(line);
  }
  return parts.map(({ lines, line }) => ({ text: `${lines.join('\n')}\n`, line }));
}
