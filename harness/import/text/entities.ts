import { toBytes } from './bytes.ts';
import type { Bytes } from './types.ts';

/**
 * Characters that a browser makes of `&name` even without a semicolon, so that `&current` turned into a sign and a `t`.
 * The signs are written as their UTF-8 bytes.
 */
const legacy: Readonly<Record<string, string>> = {
  curren: '¤',
  para: '¶',
  not: '¬',
  copy: '©',
  reg: '®',
  sect: '§',
  yen: '¥',
  deg: '°',
  micro: 'µ',
  times: '×',
  divide: '÷',
  uml: '¨',
  macr: '¯',
  acute: '´',
  cedil: '¸',
  ordm: 'º',
  ordf: 'ª',
  pound: '£',
  cent: '¢',
  iexcl: '¡',
  iquest: '¿',
  brvbar: '¦',
  middot: '·',
  plusmn: '±',
  laquo: '«',
  raquo: '»',
  eth: 'ð',
  ETH: 'Ð',
  thorn: 'þ',
  THORN: 'Þ',
  szlig: 'ß',
  shy: '\u00ad',
};

const named: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'", nbsp: ' ' };

const byBytes = new Map(Object.entries(legacy).map(([name, sign]) => [toBytes(sign), name]));
const signs = new RegExp([...byBytes.keys()].join('|'), 'g');
const signBeforeWord = new RegExp(`(${[...byBytes.keys()].join('|')})([A-Za-z0-9_]+)`, 'g');

/** A text with all such damage undone, right or not: good for comparing, where both sides are treated alike. */
export function comparable(text: Bytes): Bytes {
  const plain = text.includes('&') ? decodeNamed(text) : text;
  return /[\u0080-\u00ff]/.test(plain) ? plain.replace(signs, (sign) => `&${byBytes.get(sign) ?? ''}`) : plain;
}

/** Decodes `&lt;`, `&gt;`, `&amp;`, `&quot;`, `&#39;` and the like. */
export function decodeNamed(text: Bytes): Bytes {
  return text.replace(
    /&(?:#(\d{1,6})|#x([0-9a-f]{1,5})|(lt|gt|amp|quot|apos|nbsp));/gi,
    (whole, decimal, hex, name) => {
      if (typeof name === 'string') return named[name.toLowerCase()] ?? whole;
      const code = typeof decimal === 'string' ? Number(decimal) : Number.parseInt(String(hex), 16);
      return code > 0 && code <= 0x10ffff ? toBytes(String.fromCodePoint(code)) : whole;
    },
  );
}

/** Whether a text holds a sign that stands where `&word` can have been. */
export function hasDecodedReference(text: Bytes): boolean {
  return text.search(signBeforeWord) >= 0;
}

/**
 * Puts `&name` back where a sign and the letters after it make a word that is known from elsewhere: `¤t` becomes
 * `&current` when the tree or the patch has a word `current`.
 */
export function restoreReferences(text: Bytes, isKnown: (word: string) => boolean): Bytes {
  return text.replace(signBeforeWord, (whole, sign: string, rest: string) => {
    const word = `${byBytes.get(sign) ?? ''}${rest}`;
    return isKnown(word) ? `&${word}` : whole;
  });
}
