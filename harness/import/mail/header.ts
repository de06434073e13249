import { decodeText } from '../text/bytes.ts';
import type { Bytes } from '../text/types.ts';

/** The fields of a mail's head. */
export interface Headers {
  /** The first field of that name, unfolded and decoded. */
  get(name: string): string | undefined;
  /** As it stands there, unfolded only: for fields whose syntax matters. */
  raw(name: string): string | undefined;
}

export interface HeadAndBody {
  readonly headers: Headers;
  readonly body: Bytes;
  /** Number of lines before the body. */
  readonly headLines: number;
}

const fieldName = /^[!-9;-~]+:/;

/** Splits a mail at the first blank line, or at the first line that belongs to no header field. */
export function splitHead(text: Bytes): HeadAndBody {
  const fields = new Map<string, string>();
  let offset = 0;
  let headLines = 0;
  let name: string | undefined;
  while (offset < text.length) {
    const newline = text.indexOf('\n', offset);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(offset, end).replace(/\r$/, '');
    if (line === '') {
      offset = end + 1;
      headLines++;
      break;
    }
    const begin = fieldName.exec(line);
    if (begin !== null) {
      const key = begin[0].slice(0, -1).toLowerCase();
      name = fields.has(key) ? undefined : key;
      if (name !== undefined) fields.set(name, line.slice(begin[0].length).trim());
    } else if (/^[ \t]/.test(line) && headLines > 0) {
      if (name !== undefined) fields.set(name, `${fields.get(name) ?? ''} ${line.trim()}`);
    } else if (!/^>?From /.test(line)) break;
    offset = end + 1;
    headLines++;
  }
  const raw = (field: string): string | undefined => fields.get(field.toLowerCase());
  return {
    headers: {
      raw,
      get(field) {
        const value = raw(field);
        return value === undefined ? undefined : decodeWords(value);
      },
    },
    body: text.slice(offset),
    headLines,
  };
}

const word = /=\?([^?*\s]+)(?:\*[^?]*)?\?([bq])\?([^?]*)\?=/gi;

/** Decodes the encoded words of RFC 2047 and, around them, whatever bytes beyond ASCII a sender let through. */
function decodeWords(value: Bytes): string {
  const parts: ({ charset: string; bytes: Bytes } | string)[] = [];
  let end = 0;
  for (const match of value.matchAll(word)) {
    const [whole, charset = '', encoding = '', text = ''] = match;
    const between = value.slice(end, match.index);
    end = match.index + whole.length;
    const bytes = encoding.toLowerCase() === 'b' ? Buffer.from(text, 'base64').toString('latin1') : decodeQ(text);
    const last = parts.at(-1);
    // White space between two encoded words is no part of the text, and a character may be split between them.
    if (typeof last === 'object' && between.trim() === '' && last.charset === charset.toLowerCase()) {
      last.bytes += bytes;
      continue;
    }
    if (between !== '' && !(typeof last === 'object' && between.trim() === '')) parts.push(between);
    parts.push({ charset: charset.toLowerCase(), bytes });
  }
  parts.push(value.slice(end));
  return parts
    .map((part) => (typeof part === 'string' ? decodeText(part) : decodeText(part.bytes, part.charset)))
    .join('');
}

/** A header field that stands in a body: encoded words, or plain bytes in the body's charset. */
export function decodeField(value: Bytes, charset?: string): string {
  return value.includes('=?') ? decodeWords(value) : decodeText(value, charset);
}

function decodeQ(text: string): Bytes {
  return text
    .replace(/_/g, ' ')
    .replace(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
}

/** The value of a parameter such as `charset` in a Content-Type or Content-Disposition field. */
export function parameter(field: string | undefined, name: string): string | undefined {
  const match = new RegExp(`;\\s*${name}\\*?\\s*=\\s*(?:"((?:[^"\\\\]|\\\\.)*)"|([^;\\s]+))`, 'i').exec(field ?? '');
  const value = match?.[1]?.replace(/\\(.)/g, '$1') ?? match?.[2];
  return value === undefined ? undefined : decodeWords(value);
}

/** Message ids of a field, without angle brackets. */
export function messageIds(field: string | undefined): string[] {
  return [...(field ?? '').matchAll(/<([^<>\s]+)>/g)].flatMap(([, id]) => id ?? []);
}
