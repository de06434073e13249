import { isBody, isDumpHead, isRegister } from './body.ts';
import type { Family, Start } from './family.ts';
import { frameIn, isFrameLine, isTraceHead } from './frames.ts';
import { isReporter } from './functions.ts';
import type { LogMessage } from './prefix.ts';
import { StartMatch } from './start-match.ts';

const start: Start = { pattern: /^(.*)$/s, title: '$1', place: true };
const family: Family = { name: 'stack', severity: 'error', form: 'line', starts: [] };
const untitled: Start = { pattern: /^/, title: 'a stack dump without a message', place: true };

/** Lines between the first of a dump and its first frame. */
const longestHead = 60;
/** Lines of somebody else's among them. */
const mostForeign = 3;
/** Lines that show no stack, after which an answer to SysRq has ended. */
const answerLines = 30;
/** Lines after its last stack that end it though reports take them: more than the longest excerpt has. */
const longestBreak = 500;

/** What a dump is no fault of: somebody asked for it. */
const asked =
  /^(?:FAULT_INJECTION: forcing a failure|name \w+, interval \d+, probability|NMI backtrace for cpu|Sending NMI|task:|INFO: NMI handler|sysrq|SysRq|Showing |\S.{0,15} [RSDTtXZIP] {1,4}(?:[0-9a-f]{8,16}|running task|running) {1,9}\d+ {1,9}\d+ |CPU\d+:|\d+ locks? held by|(?:rcu: )?Stack dump where|Blocked (?:locks|tasks)|Dumping )/;
const sysRq = /^(?:sysrq: |SysRq ?: )/;
/** No message of its own: the one above it is the head. */
const noHead = /^\s*$|^[-=*#]{4,}$|^\s*<\/?\w+>\s*$|^name \w+, interval|^(?:in_atomic|preempt_count|RCU nest)/;

/** What stands between the first line of a dump and its stack, and names nothing. */
function isFact(text: string): boolean {
  return isRegister(text) || /^(?:Workqueue: |Hardware name: )/.test(text);
}

/** A stack dump that no known line has begun, as far as it has come. */
export interface Dump {
  /** Its first line, and the lines since. */
  readonly lines: readonly LogMessage[];
  /** Index of its first line in the log. */
  readonly firstLine: number;
  /** It began in the middle of a stack: the rest of what came before. */
  readonly headless: boolean;
  /** The line that begins it, as a match. */
  readonly found: StartMatch;
}

export interface DumpFinder {
  /** No dump is under way: a line in which none begins changes nothing. */
  idle(): boolean;
  /** Takes a line that is no part of a known report; a dump when this line makes it one. */
  take(message: LogMessage, index: number): Dump | undefined;
  /** A line belongs to a known report: neither it nor what came before is the head of a dump. */
  forget(caller: string, index: number): void;
}

interface Growing {
  readonly head: { readonly message: LogMessage; readonly index: number } | undefined;
  readonly firstLine: number;
  readonly lines: LogMessage[];
  readonly asked: boolean;
  /** It began with a frame of a function that makes no dumps. */
  readonly headless: boolean;
  headed: boolean;
  foreign: number;
  frames: number;
}

/** Lines that are remembered, in case that a dump begins below them. */
const remembered = mostForeign + 1;
/** Registers and the like among them do not count, up to so many. */
const highest = 40;
/** Callers whose dumps grow at once, and lines after which one that does not grow is forgotten. */
const mostCallers = 256;
const stale = 1000;

interface Above {
  readonly message: LogMessage;
  readonly index: number;
}

/**
 * Finds stack dumps whose first line nobody knows: the line above names them. Answers to SysRq are none. `messageAt` gives
 * the last message of an earlier line by its index.
 */
export function createDumpFinder(messageAt: (index: number) => LogMessage | undefined): DumpFinder {
  const growing = new Map<string, Growing>();
  /** Lines up to this one of a caller belong to a report. */
  const barrier = new Map<string, number>();
  let answering = 0;
  let answered = 0;
  let grown = 0;

  /** The nearest line above that may be the head of a dump. */
  const above = (caller: string, index: number): Above | undefined => {
    const after = barrier.get(caller) ?? -1;
    let looked = 0;
    for (let at = index - 1; at > after && looked < remembered && index - at <= highest; at -= 1) {
      const message = messageAt(at);
      if (message?.caller === caller && isFact(message.text)) continue;
      if (message?.caller === caller && !noHead.test(message.text)) return { message, index: at };
      looked += 1;
    }
    return undefined;
  };

  const begin = (message: LogMessage, index: number): Growing | undefined => {
    const { text } = message;
    const bare = isFrameLine(text);
    if (!bare && !isDumpHead(text)) return undefined;
    const near = above(message.caller, index);
    const growth: Growing = {
      head: near,
      firstLine: near?.index ?? index,
      lines: near ? [near.message, message] : [message],
      asked: answering > 0 || (near !== undefined && asked.test(near.message.text)),
      headless: bare && !isReporter(frameIn(text)?.function ?? 'dump_stack'),
      headed: isTraceHead(text),
      foreign: 0,
      frames: bare ? 1 : 0,
    };
    if (growing.size >= mostCallers) growing.clear();
    growing.set(message.caller, growth);
    grown = index;
    return growth;
  };
  const answer = (index: number): void => {
    answering = answerLines;
    answered = index;
  };
  /** Whether a line goes on with a dump. */
  const grow = (growth: Growing, message: LogMessage): boolean => {
    const { text } = message;
    if (isFrameLine(text)) growth.frames += 1;
    else if (isTraceHead(text)) growth.headed = true;
    else if (!isBody(text)) growth.foreign += 1;
    else if (growth.frames > 0 && text.trim() === '') return false;
    growth.lines.push(message);
    return growth.foreign <= mostForeign && growth.lines.length <= longestHead;
  };
  const found = ({ head }: Growing): StartMatch =>
    new StartMatch(family, head === undefined ? untitled : start, head?.message.text.trim() ?? '');

  return {
    idle: () => growing.size === 0 && answering === 0,
    take(message, index) {
      const { text, caller } = message;
      if (growing.size > 0 && index - grown > stale) growing.clear();
      if (sysRq.test(text)) answer(index);
      const growth = growing.get(caller);
      if (growth) {
        if (grow(growth, message)) {
          // A frame alone may be anything; below a head, or after another, it is a stack.
          if (growth.frames < (growth.headed ? 1 : 2)) return undefined;
          if (growth.asked) {
            if (answering > 0) answer(index);
            growth.lines.length = 0;
            return undefined;
          }
          growing.delete(caller);
          return { lines: growth.lines, firstLine: growth.firstLine, headless: growth.headless, found: found(growth) };
        }
        growing.delete(caller);
      }
      if (begin(message, index)) return undefined;
      if (answering > 0 && !isBody(text)) answering -= 1;
      return undefined;
    },
    forget(caller, index) {
      if (growing.size > 0) growing.delete(caller);
      if (answering > 0 && index - answered > longestBreak) answering = 0;
      if (barrier.size >= mostCallers) barrier.clear();
      barrier.set(caller, index);
    },
  };
}
