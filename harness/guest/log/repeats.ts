import type { LogMessage } from './prefix.ts';
import type { StartMatch } from './start-match.ts';

/** What a line that begins a report says, apart from its time. */
export interface Repeated {
  readonly found: StartMatch;
  /** The message of such a line. */
  messageOf(raw: string): LogMessage;
}

/**
 * Remembers lines that begin a report by their bytes after the kernel's time stamp: a flood says the same again and again,
 * and the same bytes are taken apart only once. A line has one place in a table; it is remembered when it comes there for
 * the second time in a row, since most lines never come again.
 */
export interface Repeats {
  /** What the bytes of a line, its end included, are known to say. */
  find(bytes: Uint8Array, from: number, to: number): Repeated | undefined;
  /** The next line has no bytes to remember. */
  none(): void;
  /** The line that was asked for last has one message, which begins a report. */
  learn(found: StartMatch, message: LogMessage): void;
}

const places = 4096;
/** Bytes of a line that is remembered. */
const longest = 200;

const blank = 32;
const isDigit = (code: number | undefined): boolean => code !== undefined && code >= 48 && code <= 57;

/** Where the message of a line begins: behind the stamp `[   12.345678]`, or where the line does. */
function bodyOf(bytes: Uint8Array, from: number): number {
  if (bytes[from] !== 91) return from;
  let at = from + 1;
  while (bytes[at] === blank && at - from < 12) at += 1;
  const seconds = at;
  while (isDigit(bytes[at]) && at - seconds < 10) at += 1;
  if (at === seconds || bytes[at] !== 46) return from;
  const fraction = at + 1;
  at = fraction;
  while (isDigit(bytes[at]) && at - fraction < 9) at += 1;
  return at - fraction >= 3 && bytes[at] === 93 ? at + 1 : from;
}

function hashOf(bytes: Uint8Array, from: number, to: number): number {
  let hash = 1;
  for (let at = from; at < to; at += 1) hash = (Math.imul(hash, 31) + (bytes[at] ?? 0)) | 0;
  return hash;
}

function isSame(body: Uint8Array, bytes: Uint8Array, from: number): boolean {
  for (let at = 0; at < body.length; at += 1) if (body[at] !== bytes[from + at]) return false;
  return true;
}

interface Known extends Repeated {
  readonly body: Uint8Array;
  readonly stamped: boolean;
}

function messageMaker(text: string, { caller, stamped, unfinished }: LogMessage): Known['messageOf'] {
  return (raw) => ({ raw, text, caller, stamped, unfinished });
}

export function createRepeats(): Repeats {
  const hashes = new Int32Array(places);
  const known: (Known | undefined)[] = [];
  let place = -1;
  let hash = 0;
  let again = false;
  let body = new Uint8Array();
  let stamped = false;

  return {
    none() {
      place = -1;
    },
    find(bytes, from, to) {
      place = -1;
      const begin = bodyOf(bytes, from);
      if (to - begin > longest) return undefined;
      hash = hashOf(bytes, begin, to);
      place = (hash ^ (hash >>> 12)) & (places - 1);
      again = hashes[place] === hash;
      stamped = begin > from;
      const found = again ? known[place] : undefined;
      if (found && found.stamped === stamped && found.body.length === to - begin && isSame(found.body, bytes, begin))
        return found;
      // A copy: `slice` of a Buffer makes none.
      if (again) body = new Uint8Array(bytes.subarray(begin, to));
      return undefined;
    },
    learn(found, message) {
      if (place < 0) return;
      hashes[place] = hash;
      const own = again ? found.owned() : undefined;
      known[place] = own && { found: own, messageOf: messageMaker(own.text, message), body, stamped };
    },
  };
}
