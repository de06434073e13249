import type { Bytes, Line } from './types.ts';

/** A string's UTF-8 bytes. */
export function toBytes(text: string): Bytes {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/** The bytes for a file. */
export function toBuffer(bytes: Bytes): Buffer {
  return Buffer.from(bytes, 'latin1');
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII means
  return /^[\u0000-\u007f]*$/.test(text);
}

const decoders = new Map<string, InstanceType<typeof TextDecoder> | undefined>();

function decoderFor(charset: string): InstanceType<typeof TextDecoder> | undefined {
  const name = charset.toLowerCase();
  if (!decoders.has(name)) {
    let decoder: InstanceType<typeof TextDecoder> | undefined;
    try {
      decoder = new TextDecoder(name, { fatal: true });
    } catch {
      // A charset that nobody knows: the others are tried.
    }
    decoders.set(name, decoder);
  }
  return decoders.get(name);
}

/**
 * Text of bytes in a charset. Where the bytes are not valid in it (or it is not known) UTF-8 is tried, then
 * windows-1252, which never fails and is what senders mean by latin-1.
 */
export function decodeText(bytes: Bytes, charset?: string): string {
  if (isAscii(bytes)) return bytes;
  const buffer = toBuffer(bytes);
  for (const name of [charset ?? 'utf-8', 'utf-8', 'windows-1252']) {
    // A mail that claims to be ASCII and isn't says nothing about its charset.
    if (/^(us-)?ascii$/i.test(name)) continue;
    try {
      const text = decoderFor(name)?.decode(buffer);
      if (text !== undefined) return text;
    } catch {
      // Not valid in this charset.
    }
  }
  return bytes;
}

/** Splits text into lines numbered from `first`; a final newline makes no line of its own. */
export function splitLines(text: Bytes, first = 1): Line[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines.map((line, index) => ({ text: line, number: first + index }));
}

/** Takes the CR off line ends where every line has one; undefined where that is not so. */
export function withoutCarriageReturns(lines: readonly Line[]): Line[] | undefined {
  if (lines.length === 0 || !lines.every(({ text }) => text.endsWith('\r'))) return undefined;
  return lines.map(({ text, number }) => ({ text: text.slice(0, -1), number }));
}

export function joinText(lines: readonly Line[]): Bytes {
  return lines.map(({ text }) => text).join('\n');
}

export function isBlank(text: Bytes): boolean {
  return text.trim() === '';
}

/** `1 line`, `2 lines`. */
export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
