import { decodeNamed } from './entities.ts';
import type { Bytes, TextLine } from './types.ts';

export function isHtml(text: Bytes): boolean {
  return /^\s*(?:<!doctype html|<html|<\?xml[^>]*>\s*<!doctype html|<pre|<body|<!--)/i.test(text.slice(0, 500));
}

const hidden = /<(script|style|head|svg|noscript)\b[\s\S]*?<\/\1\s*>|<!--[\s\S]*?-->/gi;
/** An address as a popular shield of web sites writes it: a script puts it back where a browser shows the page. */
const coded = /<(a|span)\b[^<>]*\bdata-cfemail="([0-9a-f]{4,})"[^<>]*>[^<>]*<\/\1>/gi;

function decodeAddress(hex: string): Bytes {
  const [key = 0, ...bytes] = Buffer.from(hex, 'hex');
  return String.fromCharCode(...bytes.map((byte) => byte ^ key))
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;');
}

const breaking = /^<(?:br|\/?(?:p|div|tr|li|ul|ol|table|pre|h\d|hr|blockquote|dt|dd))\b/i;

/**
 * The text that a page shows, by lines; each has the number of the line of the source on which its text begins. White
 * space stays as it is, since patches stand in `<pre>`.
 */
export function htmlLines(text: Bytes): TextLine[] {
  // Newlines stay, so that the numbers are right.
  const visible = text
    .replace(coded, (_, __, hex: string) => decodeAddress(hex))
    .replace(hidden, (piece) => piece.replace(/[^\n]+/g, ''));
  const out: TextLine[] = [];
  let number = 1;
  let open: { text: Bytes; number: number } | undefined;
  let broken = false;
  const close = (): void => {
    out.push({ text: decodeNamed(open?.text ?? '').replace(/\r$/, ''), number: open?.number ?? number });
    open = undefined;
  };
  for (const [piece] of visible.matchAll(/<[a-z/!?][^<>]*>|\n|[^<\n]+|</gi)) {
    if (piece === '\n') {
      // The line ended with the tag in front.
      if (!broken || open !== undefined) close();
      broken = false;
      number++;
    } else if (/^<[a-z/!?]/i.test(piece)) {
      number += piece.split('\n').length - 1;
      if (!breaking.test(piece)) continue;
      broken = true;
      if (open !== undefined || /^<br/i.test(piece)) close();
    } else if (open === undefined) open = { text: piece, number };
    else open.text += piece;
  }
  if (open !== undefined) close();
  return out;
}
