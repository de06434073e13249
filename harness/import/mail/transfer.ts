import { splitLines } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';

const base64Line = /^[A-Za-z0-9+/]+={0,2}$/;

/** Undoes a transfer encoding. Lines of base64 have no lines of their own in the source: the first one stands for all. */
export function undoTransfer(body: Bytes, encoding: string | undefined, firstLine: number): TextLine[] {
  if (encoding === 'base64') {
    const { bytes, rest } = undoBase64(body);
    return splitLines(bytes + rest).map((line) => ({ text: line.text, number: firstLine }));
  }
  const lines = splitLines(body, firstLine);
  return encoding === 'quoted-printable' ? undoQuotedPrintable(lines) : lines;
}

/** A list may have put its foot, which is not encoded, below the encoded text. */
export function undoBase64(body: Bytes): { readonly bytes: Bytes; readonly rest: Bytes } {
  const lines = body.split('\n');
  const end = lines.findIndex((line) => line.trim() !== '' && !base64Line.test(line.trim()));
  const data = end < 0 ? lines : lines.slice(0, end);
  // Whoever joins two encoded texts leaves the padding of the first one between them.
  const pieces =
    data
      .map((line) => line.trim())
      .join('')
      .match(/[^=]+=*/g) ?? [];
  const bytes = pieces.map((piece) => Buffer.from(piece, 'base64').toString('latin1')).join('');
  const rest = end < 0 ? '' : lines.slice(end).join('\n');
  return { bytes: rest === '' || bytes.endsWith('\n') ? bytes : `${bytes}\n`, rest };
}

function undoQuotedPrintable(lines: readonly TextLine[]): TextLine[] {
  const out: TextLine[] = [];
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

const marked = /^[+ -]/;
const structure = /^(?:[+\\@ -]|diff |index |$)/;

/**
 * Undoes RFC 3676: one space is taken off lines that begin with one, lines that end in a space are joined with the next.
 * A line of a diff that ends in a space is one of the file unless the next one is no line of a diff.
 *
 * @param deleteSpace the space at the end is no part of the text either
 */
export function unflow(lines: readonly TextLine[], deleteSpace = false): TextLine[] | undefined {
  const out: TextLine[] = [];
  let open: { text: Bytes; number: number } | undefined;
  let changed = false;
  for (const [at, { text, number }] of lines.entries()) {
    const stuffed = text.startsWith(' ');
    changed ||= stuffed;
    const content = stuffed ? text.slice(1) : text;
    const whole: Bytes = (open?.text ?? '') + content;
    // A space alone is an empty line of context, `-- ` begins the signature.
    const soft = content.endsWith(' ') && content !== '-- ' && content !== ' ';
    const next = lines[at + 1]?.text.replace(/^ /, '') ?? '';
    if (soft && !(marked.test(whole) && structure.test(next))) {
      changed = true;
      open = { text: deleteSpace ? whole.slice(0, -1) : whole, number: open?.number ?? number };
      continue;
    }
    out.push({ text: whole, number: open?.number ?? number });
    open = undefined;
  }
  if (open !== undefined) out.push(open);
  return changed ? out : undefined;
}
