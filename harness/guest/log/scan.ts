import { families } from './families/index.ts';
import { beginnings } from './literals.ts';

/**
 * Goes over the bytes of a log and stops at the first line that may mean something. Every line that can begin a report or a
 * stack dump holds one of a few hundred texts at the beginning of a word; whoever has none of them is passed over without
 * being looked at any further. That is where most of a log goes, at many times the speed of expressions.
 */

/** Beginnings of what is no start of a report, but has to be seen: answers to SysRq, the banner. */
const others = ['sysrq: ', 'SysRq', 'Linux version '];
/** Beginnings of stack dumps. */
const dumps = [
  ...['Call Trace', 'Call trace', 'Call Backtrace', 'Backtrace', 'backtrace', 'Stack backtrace', 'stack backtrace'],
  ...['Stack from', 'PID: ', 'Pid: ', 'Tainted', 'tainted'],
];

/** What is looked for: starts of reports alone, or stack dumps as well. */
export type Wanted = 'starts' | 'all';
/** A shorter one would be found everywhere. */
const shortest = 3;

/** The texts, of which each interesting line has one, without those that begin with another. */
export function needlesOf(wanted: Wanted = 'all'): readonly string[] {
  const starts = families.flatMap((family) => family.starts);
  const own = starts.flatMap(({ pattern, word }) => (word === undefined ? beginnings(pattern) : [word]));
  const all = [
    ...new Set([...own, ...others, ...(wanted === 'all' ? dumps : [])].map((text) => text.replace(/^\W+/, ''))),
  ].sort();
  const short = all.find((text) => text.length < shortest);
  if (short !== undefined) throw new Error(`a start of a report can begin with anything: "${short}" (give it a word)`);
  return all.filter((text, index) => !all.slice(0, index).some((other) => text.startsWith(other)));
}

const keyBits = 16;
/** Of the first three bytes of a word. */
const keyOf = (a: number, b: number, c: number): number => (a ^ (b << 5) ^ (c << 10)) & ((1 << keyBits) - 1);

/** By the key: whether a needle has it, and which. */
interface Needles {
  readonly known: Uint8Array;
  readonly byKey: ReadonlyMap<number, readonly Buffer[]>;
}

const needles = new Map<Wanted, Needles>();

/** They take a while to make, which not every program needs. */
function needlesFor(wanted: Wanted): Needles {
  const made = needles.get(wanted) ?? makeNeedles(wanted);
  needles.set(wanted, made);
  return made;
}

function makeNeedles(wanted: Wanted): Needles {
  const known = new Uint8Array(1 << keyBits);
  const byKey = new Map<number, Buffer[]>();
  for (const needle of needlesOf(wanted)) {
    const bytes = Buffer.from(needle, 'latin1');
    const key = keyOf(bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0);
    known[key] = 1;
    byKey.set(key, [...(byKey.get(key) ?? []), bytes]);
  }
  return { known, byKey };
}

const x = 120;
const zero = 48;

/** Kinds of bytes: those of words, those between words, and those that are looked at one by one. */
const small = 0;
const digit = 1;
const capital = 2;
const between = 3;
const special = 4;

const kindOf = Uint8Array.from({ length: 256 }, (_, code) => {
  const character = String.fromCharCode(code);
  if (code < 128 && /[a-z_]/.test(character)) return small;
  if (code < 128 && /\d/.test(character)) return digit;
  if (code < 128 && /[A-Z]/.test(character)) return capital;
  // A frame has an offset or an address in brackets; escapes and NULs may stand in the middle of a word.
  return ['+', '[', '\u001b', '\0', '\n'].includes(character) ? special : between;
});

/**
 * Whether a word begins with a byte, by the kind before it and its own (`before * 8 + kind`): half a line of a program may
 * stand right in front of a message, and end in a number or in a small letter.
 */
const begins = Uint8Array.from({ length: 64 }, (_, pair) => {
  const [before, kind] = [pair >> 3, pair & 7];
  if (kind > capital) return 0;
  return before > capital || (before === digit && kind !== digit) || (before === small && kind === capital) ? 1 : 0;
});

function holds(bytes: Uint8Array, at: number, found: readonly Buffer[] = []): boolean {
  for (const needle of found) {
    let index = 0;
    while (index < needle.length && bytes[at + index] === needle[index]) index += 1;
    if (index === needle.length) return true;
  }
  return false;
}

/** Whether `0x` at `at` is the first word of its message: a frame without a name. */
function isFirstWord(bytes: Uint8Array, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (bytes[before] === 32 || bytes[before] === 9)) before -= 1;
  const code = before < 0 ? 10 : bytes[before];
  // A line begins, or a prefix has ended; that of a journal with "kernel:".
  return code === 10 || code === 93 || code === 62 || (code === 58 && bytes[before - 1] === 108);
}

/** Bytes of a line without carriage returns at its end. */
function lengthOf(bytes: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && bytes[end - 1] === 13) end -= 1;
  return end - from;
}

export interface Passed {
  /** Where the first line begins that has to be looked at; the end of the bytes where none has. */
  readonly end: number;
  /** Lines before it. */
  readonly lines: number;
}

/** How far lines mean nothing. The bytes end with a line end; `column`: lines of exactly so many bytes are looked at. */
export function passOver(bytes: Uint8Array, from: number, column = -1, wanted: Wanted = 'all'): Passed {
  let lines = 0;
  let start = from;
  let at = from;
  const { length } = bytes;
  const { known, byKey } = needlesFor(wanted);
  const frames = wanted === 'all';
  while (at < length) {
    const code = bytes[at] as number;
    const kind = kindOf[code] as number;
    if (kind <= capital) {
      const second = bytes[at + 1] as number;
      const key = keyOf(code, second, bytes[at + 2] as number);
      if (known[key] === 1 && holds(bytes, at, byKey.get(key))) break;
      if (code === zero && second === x && frames && isFirstWord(bytes, at)) break;
      // The rest of the word; the line end after the last one is no part of it.
      let before = kind;
      for (at += 1; ; at += 1) {
        const next = kindOf[bytes[at] as number] as number;
        if (next > capital || begins[before * 8 + next] === 1) break;
        before = next;
      }
      continue;
    }
    if (kind === special) {
      if (code === 10) {
        if (column >= 0 && lengthOf(bytes, start, at) === column) break;
        lines += 1;
        start = at + 1;
      } else if (code === 43) {
        if (frames && bytes[at + 1] === zero && bytes[at + 2] === x) break;
      } else if (code !== 91 || (frames && bytes[at + 1] === 60)) break;
    } else if (code > 127 && column >= 0) break; // It has fewer columns than bytes.
    at += 1;
  }
  return { end: at < length ? start : length, lines };
}
