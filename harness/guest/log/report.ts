import type { Splat } from '../../model/index.ts';
import { endMark, isBody, isTrace } from './body.ts';
import { enteredBy } from './entry.ts';
import { isFrameLine } from './frames.ts';
import { isBystander, isHelper } from './functions.ts';
import { blame, createHints, placeText } from './place.ts';
import type { LogMessage } from './prefix.ts';
import type { StartMatch } from './start-match.ts';
import { fillTemplate, normaliseTitle } from './title.ts';
import { createTrace, type TraceCollector } from './trace.ts';

/** More lines than this are not kept: the log itself has them. */
const longestExcerpt = 400;
/** Lines of any form between the head of a report and its stack. */
const foreignInHead = 8;
/** Lines of somebody else's that may stand within a stack. */
const foreignInTrace = 8;
/** Lines without a stamp in a report whose first line has one: a program's own, however many of them there are. */
const unstampedWithin = 200;
/** Lines of any form after the trace of a report that is told in prose. */
const foreignInProse = 12;

/** A number that each oops has once: `[#1]`, and on the x86_64 of 2.6.22 `[1]`. */
export const numberedHead = /\[#\d+\]|: [0-9a-f]{4} \[\d+\]/;
/** Facts with which the body of a report begins; after a line of somebody else's they continue it. */
const bodyHead = /^(?:CPU: \d|Pid: \d|Modules linked in|Hardware name|RIP: |EIP: |Call [Tt]race|Krnl PSW)/;
/** The stack below tells of another time: who allocated and who freed what the report is about. */
const otherTime =
  /^(?:(?:INFO: )?(?:Allocated|Freed) in \S+ age=\d|page (?:last )?(?:allocated via|free(?:d via|d)? (?:stack trace|pid|ts|via)|freed via))/;
const illegal = /^(?:illegal op|invalid opcode)/;

export interface Report {
  readonly family: string;
  readonly severity: Splat['severity'];
  /** Index of its first line in the whole log. */
  readonly firstLine: number;
  /** Whether the head has had an `[#n]` (`[n]` on the x86_64 of 2.6.22), which each oops has once. */
  readonly numbered: boolean;
  /** It is in the frame of a WARN() or BUG() whose own line has not come yet: a message stands before it. */
  readonly framed: boolean;
  /** Lines of somebody else's have come since its last one. */
  readonly doubtful: boolean;
  /** So far it has told only of functions that were compiled into others: the same line comes again for the next one. */
  readonly inlined: boolean;
  hasTrace(): boolean;
  splat(): Splat;
  /** Makes the first line of another report a part of this one, which may have ended before. */
  fold(found: StartMatch, message: LogMessage): void;
  /** Gives it a line; false when the line is not a part of it and the report has ended. */
  take(message: LogMessage): boolean;
}

/** A text of its own: a piece of a large one would keep all of it in memory. */
function own(text: string): string {
  return Buffer.from(text).toString();
}

/** A message with texts of its own; the kernel's text is nearly always the end of the console's line. */
function ownMessage(given: LogMessage): LogMessage {
  const raw = own(given.raw);
  const text = raw.endsWith(given.text) ? raw.slice(raw.length - given.text.length) : own(given.text);
  return { ...given, raw, text };
}

/** Begins a report with the match of its first line; the line itself is then given by `take`. */
export function beginReport(found: StartMatch, firstLine: number): Report {
  let { family, start } = found;
  let match = found.owned().match;
  const excerpt: string[] = [];
  let severity = family.severity;
  let framed = family.name === 'cut-here';
  let state: 'head' | 'trace' | 'after' = family.form === 'line' ? 'trace' : 'head';
  let foreign = 0;
  let stamped = 0;
  let unstamped = 0;
  let backtraceSeen = false;
  let numbered = false;
  let first = true;
  let inlined = false;
  /** Lines of any form that may still come of what follows from the report. */
  let proseLeft = 0;
  /** In the frames of another time. */
  let aside = false;
  /** Lines up to the last that says something. */
  let told = 1;
  const details: string[] = [];
  let trace: TraceCollector = createTrace(family);
  const hints = createHints();

  const place = (): string => {
    if (start.place === undefined || start.place === false) return '';
    const named = start.place === true ? undefined : match[start.place];
    const frames = trace.isSure() ? trace.frames() : [];
    const origin = frames[0]?.instruction === true ? undefined : hints.origin();
    const found = origin === undefined ? blame(frames, named) : { function: origin };
    const text = found ? placeText(found) : hints.doubtful();
    const entry = found && family.entered && trace.isWhole() ? enteredBy(frames, found.function) : undefined;
    return `${text === undefined ? '' : ` in ${text}`}${entry === undefined ? '' : `, from ${entry}`}`;
  };
  const title = (): string =>
    normaliseTitle(
      `${fillTemplate(start.title, match)}${place()}${details.length === 0 ? '' : `: ${details.join(', ')}`}`,
    );
  const note = (text: string): void => {
    hints.push(text);
    if (family.form !== 'prose' || family.name !== 'lockdep' || backtraceSeen) trace.push(text);
    if (details.length >= (family.details ?? 1)) return;
    const [, told, where] = family.detail?.exec(text) ?? [];
    const detail = where === undefined || isHelper(where) || isBystander(where) ? told : `${told} in ${where}`;
    if (detail !== undefined && !details.includes(detail)) details.push(detail);
  };
  const keep = ({ raw, text }: LogMessage): true => {
    if (excerpt.length < longestExcerpt) excerpt.push(raw);
    // In a frame that nothing ends, lines of others follow the trace.
    const others = framed && trace.hasFrames() && !isBody(text) && !isFrameLine(text);
    if (text.trim() !== '' && !others) told = excerpt.length;
    numbered ||= numberedHead.test(text);
    inlined = (inlined || excerpt.length === 1) && text.endsWith(' [inline]');
    return true;
  };
  const becomes = (next: StartMatch): void => {
    ({ family, start } = next);
    match = next.owned().match;
    if (family.interrupted && !trace.hasFrames()) trace = createTrace(family);
  };
  const foreignWithin = (limit: number): boolean => {
    foreign += 1;
    return foreign <= limit;
  };
  /** A program's own line: more than one of the kernel's has had a stamp, and this has none. */
  const isProgram = (message: LogMessage): boolean => {
    const { text } = message;
    if (stamped < 2 || message.stamped || (text !== '' && isBody(text)) || isFrameLine(text)) return false;
    unstamped += 1;
    return unstamped <= unstampedWithin;
  };
  /** Whether a line after the head belongs to the report: yes, no, or not, but the report may continue after it. */
  const belongs = ({ text, unfinished }: LogMessage): 'yes' | 'no' | 'later' => {
    if (family.form === 'alone' && excerpt.length === 1) return 'no';
    if (state === 'after') return isBody(text) || proseLeft-- > 0 ? 'yes' : 'no';
    if (unfinished && !isBody(text)) return 'later';
    if (aside) return 'yes';
    if (framed) return excerpt.length < longestExcerpt ? 'yes' : 'no';
    if (state === 'trace') return inTrace(text);
    if (family.form === 'prose') return inProse(text);
    if (isTrace(text)) state = 'trace';
    return isBody(text) || foreignWithin(foreignInHead) ? 'yes' : 'no';
  };
  const inTrace = (text: string): 'yes' | 'no' | 'later' => {
    const continues = isFrameLine(text) || (!trace.hasFrames() && bodyHead.test(text));
    if (continues || (foreign === 0 && isBody(text))) {
      foreign = 0;
      return 'yes';
    }
    return foreignWithin(foreignInTrace) ? 'later' : 'no';
  };
  const inProse = (text: string): 'yes' | 'no' => {
    if (text.startsWith('stack backtrace:')) backtraceSeen = true;
    if (backtraceSeen && isTrace(text)) state = 'trace';
    if (!trace.hasFrames() || isBody(text)) foreign = 0;
    else if (!foreignWithin(foreignInProse)) return 'no';
    return excerpt.length < longestExcerpt ? 'yes' : 'no';
  };

  /** Facts that others read are stored, not computed: with getters each report would be an object of a shape of its own, and slow. */
  const facts = () => ({
    family: family.name,
    severity,
    numbered,
    framed: framed && family.name !== 'warn' && family.name !== 'bug',
    doubtful: state === 'trace' && foreign > 0,
    inlined,
  });

  const takeLine = (message: LogMessage): boolean => {
    const { text } = message;
    if (message.stamped) stamped += 1;
    if (first) {
      first = false;
      trace.push(text);
      return keep(message);
    }
    if (endMark.test(text) || (excerpt.length > 1 && family.end?.test(text))) {
      state = 'after';
      framed = false;
      return keep(message);
    }
    if (isProgram(message)) return true;
    aside = state !== 'after' && (otherTime.test(text) || (aside && isFrameLine(text)));
    const answer = belongs(message);
    if (answer !== 'yes') {
      // The collector has to know of lines between its frames.
      if (answer === 'later') trace.push(text);
      return answer === 'later';
    }
    if (state !== 'after' && !aside) note(text);
    return keep(message);
  };

  const report = {
    ...facts(),
    firstLine,
    hasTrace: () => trace.hasFrames(),
    splat(): Splat {
      const frames = trace.frames();
      return {
        family: family.name,
        title: title(),
        excerpt: excerpt.slice(0, told),
        severity,
        ...(frames.length > 0 && { trace: frames }),
      };
    },
    fold(next: StartMatch, given: LogMessage): void {
      const message = ownMessage(given);
      if (next.family.severity === 'fatal' && next.family.name !== 'psw') severity = 'fatal';
      // The frame says nothing itself: the message in it does. Of a warning, the message below it says what is wrong.
      if (family.name === 'cut-here' || inlined || next.family.explains?.includes(family.name)) becomes(next);
      // An s390 without CONFIG_DEBUG_BUGVERBOSE takes every program check for a BUG at first; real ones are this check.
      else if (
        family.name === 'bug' &&
        start.title === 'BUG' &&
        next.family.name === 'oops' &&
        !illegal.test(message.text)
      )
        becomes(next);
      if (next.family.name === 'cut-here') framed = true;
      // Of two heads that nothing has followed, the fault of a program is the first.
      else if (family.name === 'oops' && next.start === start && !numbered && !trace.hasFrames()) becomes(next);
      // The same again has a stack of its own.
      if (state === 'trace' && next.start === start && family.form === undefined) state = 'head';
      if (state === 'after' && next.family.form === 'prose') proseLeft = foreignInProse;
      if (next.family.name === 'panic') {
        // A stack after it is the report's own where that has none yet.
        state = trace.hasFrames() ? 'after' : 'head';
        foreign = 0;
        framed = false;
      }
      note(message.text);
      keep(message);
      Object.assign(report, facts());
    },
    take(given: LogMessage): boolean {
      const taken = takeLine(ownMessage(given));
      Object.assign(report, facts());
      return taken;
    },
  };
  return report;
}
