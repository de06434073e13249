import type { Bytes } from './types.ts';

/** Names that senders use and decoders do not know. */
const aliases: readonly (readonly [RegExp, string])[] = [
  [/^(?:x-)?(?:cp|ms|win|windows)-?(125\d|874)$/, 'windows-$1'],
  [/^(?:cp|ms)-?932$/, 'shift_jis'],
  [/^(?:cp|ms)-?936$/, 'gbk'],
  [/^(?:cp|ms)-?949$|^uhc$/, 'euc-kr'],
  [/^(?:cp|ms)-?950$/, 'big5'],
  [/^cp-?866$/, 'ibm866'],
  [/^iso-2022-jp-\w+$/, 'iso-2022-jp'],
  [/^utf-?8\w*$/, 'utf-8'],
  [/^(?:x-)?(?:unicode-1-1-)?utf-?7$/, 'utf-7'],
  [/^hz(?:-gb-2312)?$/, 'hz-gb-2312'],
];

/** Charsets of seven bits that no decoder knows, with what a piece between their marks is. */
const sevenBit: Readonly<Record<string, (bytes: Bytes) => string | undefined>> = {
  'hz-gb-2312': (bytes) => decodePieces(bytes.replace(/~\n/g, ''), /~\{([^~]*)~\}/g, 'gbk'),
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the charset's marks
  'iso-2022-kr': (bytes) => decodePieces(bytes.replace(/\u001b\$\)C/g, ''), /\u000e([^\u000f]*)\u000f/g, 'euc-kr'),
  'utf-7': decodeUtf7,
};

/**
 * Text of bytes in UTF-7; undefined where a piece between its marks is no text in UTF-16, as in a diff that is called
 * UTF-7 and has plain plus signs.
 */
export function decodeUtf7(bytes: Bytes): string | undefined {
  const pieces = /\+([A-Za-z0-9+/]*)(-?)/g;
  if ([...bytes.matchAll(pieces)].some(([, piece = '', end]) => !isUtf7(piece, end === '-'))) return undefined;
  const text = bytes.replace(pieces, (_, piece: string) => (piece === '' ? '+' : wide(piece)));
  // With the flag, a half of a character in two is one by itself only where the other half is missing.
  return /[\ud800-\udfff]/u.test(text) ? undefined : text;
}

/** Whether base64 of so many characters leaves no bits over but empty ones; a plus sign alone needs its end. */
function isUtf7(piece: string, ended: boolean): boolean {
  if (piece === '') return ended;
  const left = (piece.length * 6) % 16;
  const last = Buffer.from(`${piece.at(-1) ?? ''}A==`, 'base64')[0] ?? 0;
  return left < 6 && ((last >> 2) & ((1 << left) - 1)) === 0;
}

/** What senders mean by latin-1 has letters where that has control characters, which not every decoder knows. */
const western = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';

function decodeWestern(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these control characters stand for letters
  return text.replace(/[\u0080-\u009f]/g, (char) => western[char.charCodeAt(0) - 0x80] ?? char);
}

/** Pieces in which each byte lost its highest bit. */
function decodePieces(bytes: Bytes, pieces: RegExp, charset: string): string | undefined {
  return bytes.replace(pieces, (_, piece: string) => {
    const high = Buffer.from(piece, 'latin1').map((byte) => byte | 0x80);
    return decoderFor(charset)?.decode(high) ?? piece;
  });
}

function wide(base64: string): string {
  const bytes = Buffer.from(base64, 'base64');
  return bytes
    .subarray(0, bytes.length - (bytes.length % 2))
    .swap16()
    .toString('utf16le');
}

const decoders = new Map<string, InstanceType<typeof TextDecoder> | undefined>();

function decoderFor(name: string): InstanceType<typeof TextDecoder> | undefined {
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

/** The name by which decoders know a charset. */
export function charsetName(charset: string): string {
  const name = charset.toLowerCase().replace(/[^\w.-]/g, '');
  const alias = aliases.find(([pattern]) => pattern.test(name));
  return alias === undefined ? name : name.replace(alias[0], alias[1]);
}

function isAscii(text: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is what ASCII means
  return /^[\u0000-\u007f]*$/.test(text);
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: ISO-2022 and HZ switch between alphabets with these
const switches = /[\u001b\u000e]|~\{|\+[A-Za-z0-9/]/;

/** A string's UTF-8 bytes. */
export function toBytes(text: string): Bytes {
  return isAscii(text) ? text : Buffer.from(text, 'utf8').toString('latin1');
}

/**
 * Text of bytes in a charset. Where the bytes are not valid in it (or it is not known) UTF-8 is tried, then
 * windows-1252, which never fails and is what senders mean by latin-1.
 */
export function decodeText(bytes: Bytes, charset?: string): string {
  const ascii = isAscii(bytes);
  // In most charsets such bytes are ASCII; some have seven bits for all that they write.
  if (ascii && (!switches.test(bytes) || charset === undefined) && !bytes.includes('\u001b$')) {
    if (!/^utf-?16/i.test(charset ?? '')) return bytes;
  }
  const known = charsetName(charset ?? 'utf-8');
  const buffer = Buffer.from(bytes, 'latin1');
  // Japanese mail of old has no charset in its head, but its marks.
  const unnamed = bytes.includes('\u001b$') ? ['iso-2022-jp'] : [];
  for (const name of [known, ...unnamed, 'utf-8', 'windows-1252']) {
    // A mail that claims to be ASCII and isn't says nothing about its charset.
    if (/^(?:us-)?ascii$/.test(name) || (name === 'utf-8' && unnamed.length > 0)) continue;
    try {
      const text = sevenBit[name]?.(bytes) ?? decoderFor(name)?.decode(buffer);
      if (text === undefined) continue;
      return decoderFor(name)?.encoding === 'windows-1252' ? decodeWestern(text) : text;
    } catch {
      // Not valid in this charset.
    }
  }
  return bytes;
}
