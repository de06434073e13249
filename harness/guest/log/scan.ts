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

/** Bits of each byte in a key. */
const bits = 6;
/** Goes from the key of the three bytes that end with one to that of those that end with the next: older ones fall out. */
const nextKey = (key: number, code: number): number => ((key << bits) | (code & 63)) & 0x3ffff;
const keyOf = (a: number, b: number, c: number): number => nextKey(nextKey(nextKey(0, a), b), c);
const keys = 1 << (3 * bits);

const newline = 10;
const plus = 43;
const zero = 48;
const bracket = 91;
const x = 120;
/** Like a NUL it may stand in the middle of a word. */
const escape = 27;
const less = 60;

/** What may begin with three bytes of one key: needles, and a frame. */
interface Entry {
  readonly needles: readonly Buffer[];
  readonly frame: boolean;
}

interface Needles {
  /** By key: nothing, a byte that is looked at, or the place of an entry. */
  readonly kinds: Uint8Array;
  readonly entries: readonly Entry[];
}

const special = 1;
const noEntry: Entry = { needles: [], frame: false };

/** Offsets, and addresses as the first word of a message. */
const frameKeys = new Set([
  keyOf(plus, zero, x),
  ...[...Buffer.from('0123456789abcdef')].map((code) => keyOf(zero, x, code)),
]);

const needles: Partial<Record<Wanted, Needles>> = {};

/** They take a while to make, which not every program needs. */
function needlesFor(wanted: Wanted): Needles {
  return (needles[wanted] ??= makeNeedles(wanted));
}

function makeNeedles(wanted: Wanted): Needles {
  const byKey = new Map<number, Buffer[]>();
  for (const text of needlesOf(wanted)) {
    const bytes = Buffer.from(text, 'latin1');
    const key = keyOf(bytes[0] ?? 0, bytes[1] ?? 0, bytes[2] ?? 0);
    byKey.set(key, [...(byKey.get(key) ?? []), bytes]);
  }
  const kinds = new Uint8Array(keys);
  for (const code of [newline, bracket, escape, 0])
    for (let key = code & 63; key < keys; key += 64) kinds[key] = special;
  const frames = wanted === 'all' ? frameKeys : new Set<number>();
  const entries: Entry[] = [noEntry, noEntry, { needles: [], frame: true }];
  for (const key of frames) kinds[key] = entries.length - 1;
  for (const [key, found] of byKey) kinds[key] = entries.push({ needles: found, frame: frames.has(key) }) - 1;
  if (entries.length > 256) throw new Error('too many different starts of reports for the bytes of a table');
  return { kinds, entries };
}

const isSmall = (code: number): boolean => (code >= 97 && code <= 122) || code === 95;
const isDigit = (code: number): boolean => code >= zero && code <= 57;
const isCapital = (code: number): boolean => code >= 65 && code <= 90;

/** Whether a word begins at `at`: half a line of a program may stand right in front of it, and end in a number or in a small letter. */
function beginsWord(bytes: Uint8Array, at: number): boolean {
  const code = bytes[at] ?? newline;
  const before = at > 0 ? (bytes[at - 1] ?? newline) : newline;
  if (isCapital(before)) return false;
  if (isDigit(before)) return !isDigit(code);
  return !isSmall(before) || isCapital(code);
}

function holds(bytes: Uint8Array, at: number, text: Buffer): boolean {
  let index = 0;
  while (index < text.length && bytes[at + index] === text[index]) index += 1;
  return index === text.length;
}

/** Whether `0x` at `at` is the first word of its message: a frame without a name. */
function isFirstWord(bytes: Uint8Array, at: number): boolean {
  let before = at - 1;
  while (before >= 0 && (bytes[before] === 32 || bytes[before] === 9)) before -= 1;
  const code = before < 0 ? 10 : bytes[before];
  // A line begins, or a prefix has ended; that of a journal with "kernel:".
  return code === 10 || code === 93 || code === 62 || (code === 58 && bytes[before - 1] === 108);
}

/** Whether a frame begins at `at`: an offset, or an address without a name. */
function isFrame(bytes: Uint8Array, at: number): boolean {
  if (bytes[at] === plus) return bytes[at + 1] === zero && bytes[at + 2] === x;
  return bytes[at] === zero && bytes[at + 1] === x && isFirstWord(bytes, at);
}

/** Whether a needle or a frame begins at `at`. */
function matches(bytes: Uint8Array, at: number, { needles: texts, frame }: Entry): boolean {
  if (frame && isFrame(bytes, at)) return true;
  if (texts.length === 0 || !beginsWord(bytes, at)) return false;
  for (const text of texts) if (holds(bytes, at, text)) return true;
  return false;
}

/** Whether a line may have so many columns: other characters than those of ASCII have more bytes. */
function mayHaveColumns(bytes: Uint8Array, from: number, to: number, columns: number): boolean {
  let end = to;
  while (end > from && bytes[end - 1] === 13) end -= 1;
  if (end - from <= columns) return end - from === columns;
  for (let at = from; at < end; at += 1) if ((bytes[at] ?? 0) > 127) return true;
  return false;
}

export interface Passed {
  /** Where the first line begins that has to be looked at; the end of the bytes where none has. */
  readonly end: number;
  /** Lines before it, and the bytes of the longest. */
  readonly lines: number;
  readonly longest: number;
}

/**
 * How far lines mean nothing. The bytes end with a line end; `column`: lines of exactly so many characters are looked at.
 * The work for each byte is the whole cost of an ordinary log, so nothing in it depends on the kind of byte.
 */
export function passOver(bytes: Uint8Array, from: number, column = -1, wanted: Wanted = 'all'): Passed {
  const { kinds, entries } = needlesFor(wanted);
  const frames = wanted === 'all';
  const { length } = bytes;
  let lines = 0;
  let longest = 0;
  let start = from;
  let key = 0;
  for (let at = from; at < length; at += 1) {
    const code = bytes[at] as number;
    // `nextKey`, written out: in the bundled program a constant of a module costs a look-up for each byte.
    key = ((key << 6) | (code & 63)) & 0x3ffff;
    const kind = kinds[key] as number;
    if (kind === 0) continue;
    if (code === 10) {
      if (column >= 0 && mayHaveColumns(bytes, start, at, column)) break;
      if (at - start > longest) longest = at - start;
      lines += 1;
      start = at + 1;
    } else if (code === escape || code === 0) break;
    else if (code === bracket && frames && bytes[at + 1] === less) break;
    else if (kind !== special && matches(bytes, at - 2, entries[kind] as Entry)) break;
  }
  return { end: start, lines, longest };
}
