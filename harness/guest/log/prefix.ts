import { hostPrefix } from './host-prefix.ts';
import { clean } from './lines.ts';
import { callerEnd, levelsEnd, nextRestart, stampEnd } from './stamp.ts';

/** One message of a console line. Half a line of a program may stand in front of it, or of another message. */
export interface LogMessage {
  /** The message with its own prefixes, as the console shows it. */
  readonly raw: string;
  /** The message as the kernel's code wrote it; at most 1,024 characters. */
  readonly text: string;
  /** Task or processor that printed it (`T12`, `C1`), where the kernel tells. */
  readonly caller: string;
  /** It has a time stamp, the kernel's or a logger's. */
  readonly stamped: boolean;
  /** Another message follows on the same line: this one has no end. */
  readonly unfinished: boolean;
}

/** The kernel's own limit; what goes beyond is kept, but not looked at. Characters. */
const longestText = 1024;
/** Messages of one line that are looked at. */
const mostMessages = 8;

const escapes =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: firmware and terminals send escapes on the same line.
  /\u001b(?:\[[0-9;?]{0,40}[A-Za-z]|\][^\u0007\u001b]{0,200}(?:\u0007|\u001b\\)|[()][A-Z0-9]|[a-zA-Z0-9=>])/g;
const callerId = /^\[ {0,10}([TC]\d{1,10})\] ?/;
/** What some vendors put after the time stamp: processor and task. */
const vendorTail =
  /^(?:\(\d{1,2}\)\[\d{1,10}:[^\]]{1,40}\] ?|\[\d{1,2}: {0,16}\S{1,16}: {0,8}\d{1,10}\] ?|\([A-Za-z\d][\w:./-]{0,60}:[\w:./-]{1,60}\) ?|c\d{1,3} {1,4}\d{1,10} {1,2}(?=\S))/;

/** Takes level, stamp and caller off a text; the blank after the brackets belongs to the prefix. */
function readMessage(
  line: string,
  prefix: { readonly end: number; readonly stamped: boolean },
  raw: string,
  unfinished: boolean,
): LogMessage {
  const { end, stamped } = prefix;
  const at = stamped && line.charCodeAt(end - 1) === 93 && line.charCodeAt(end) === 32 ? end + 1 : end;
  let text = line.slice(at, at + longestText);
  let caller = '';
  const code = text.charCodeAt(0);
  const match = code === 91 ? callerId.exec(text) : null;
  if (match) {
    caller = match[1] ?? '';
    text = text.slice(match[0].length);
  }
  if (stamped && code === 60) text = text.slice(levelsEnd(text, 0));
  if (stamped && caller === '' && (code === 40 || code === 91 || code === 99))
    text = text.slice(vendorTail.exec(text)?.[0].length ?? 0);
  return { raw, text, caller, stamped, unfinished };
}

/** Where the part of a line begins in which a second message is looked for. */
function afterPrefix(line: string, from: number): { readonly end: number; readonly stamped: boolean } {
  const at = levelsEnd(line, from);
  const end = line.charCodeAt(at) === 91 ? stampEnd(line, at) : -1;
  return end < 0 ? { end: at, stamped: from > 0 } : { end, stamped: true };
}

const journal = /^ [\w.-]{1,64} kernel: /;
const journalWord = 'kernel: ';
/** Whether a host and "kernel:" follow a time stamp that ends at `at`. */
function isJournal(line: string, at: number): boolean {
  const word = line.indexOf(' ', at + 1) + 1;
  return (
    line.charCodeAt(word) === 107 &&
    line.startsWith(journalWord, word) &&
    journal.test(line.slice(at, word + journalWord.length))
  );
}

/** Where a logger's prefix ends, and the kernel's own after it. */
function prefixOf(line: string): { readonly host: number; readonly end: number; readonly stamped: boolean } {
  const stamp = line.charCodeAt(0) === 91 ? stampEnd(line, 0) : -1;
  // Nearly every line is one of the kernel's own.
  if (stamp >= 0 && !isJournal(line, stamp)) return { host: 0, end: stamp, stamped: true };
  const host = hostPrefix(line);
  return { host, ...afterPrefix(line, host) };
}

/** A line of LAVA's log as it stores it: the message is the last value, in quotes. */
const stored = /^- \{"?dt"?: ["'][^"']{1,40}["'], "?lvl"?: "?\w{1,16}"?, "?msg"?: (["'])/;

/** What a stored line says. */
function unstore(line: string): string {
  // A dash is rare, and this is asked of each line.
  const match = line.charCodeAt(0) === 45 ? stored.exec(line) : null;
  const end = match ? line.lastIndexOf(`${match[1]}}`) : -1;
  return match && end >= match[0].length ? line.slice(match[0].length, end).replaceAll('\\t', '\t') : line;
}

/** The messages of a console line, in order, prefixes taken off: nearly always one. */
export function messagesOf(line: string): readonly LogMessage[] {
  const own = unstore(line);
  const whole = own.includes('\u001b') ? clean(own.replace(escapes, '')) : own;
  const first = prefixOf(whole);
  const { host } = first;
  // Its own caller restarts nothing.
  const caller = whole.charCodeAt(first.end) === 91 ? callerEnd(whole, first.end) : -1;
  let at = nextRestart(whole, Math.max(first.end, caller), first.stamped);
  if (at < 0) return [readMessage(whole, first, line, false)];
  const messages: LogMessage[] = [];
  let from = host;
  let prefix: { readonly end: number; readonly stamped: boolean } = first;
  while (at >= 0 && messages.length < mostMessages) {
    const part = readMessage(whole.slice(0, at), prefix, whole.slice(from, at), true);
    if (part.text.trim() !== '') messages.push(part);
    from = at;
    prefix = afterPrefix(whole, at);
    at = nextRestart(whole, Math.max(prefix.end, from + 1), true);
  }
  messages.push(readMessage(whole, prefix, messages.length === 0 ? line : whole.slice(from), false));
  return messages;
}

/** Takes escapes, a logger's prefix, log level, time stamp and caller off a console line: its last message. */
export function stripPrefix(line: string): LogMessage {
  return messagesOf(line).at(-1) ?? { raw: line, text: line, caller: '', stamped: false, unfinished: false };
}

/** The same message without what stands in front of `at`, a place in its text. */
export function restartAt(message: LogMessage, at: number): LogMessage {
  const text = message.text.slice(at);
  return { ...message, text, raw: message.raw.slice(Math.max(0, message.raw.indexOf(text))) };
}
