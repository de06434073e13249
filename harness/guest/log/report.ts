import type { Splat } from '../../model/index.ts';
import { endMark, isBody, isReporter, isTrace, isWaiting } from './body.ts';
import type { Family, Start } from './family.ts';
import { frameIn, frameOf, instructionIn } from './frames.ts';
import { fillTemplate, normaliseTitle } from './title.ts';
import { createTrace } from './trace.ts';

/** More lines than this are not kept: the log itself has them. */
const longestExcerpt = 400;
/** Lines of any form between the head of a report and its stack. */
const foreignInHead = 8;

export interface StartMatch {
  readonly family: Family;
  readonly start: Start;
  readonly match: RegExpExecArray;
}

export interface Report {
  readonly family: string;
  /** Index of its first line in the whole log. */
  readonly firstLine: number;
  /** Whether the head has had an `[#n]` (`[n]` on the x86_64 of 2.6.22), which each oops has once. */
  numbered: boolean;
  splat(): Splat;
  /** Makes the first line of another report a part of this one, which may have ended before. */
  fold(found: StartMatch, raw: string, text: string): void;
  /** Gives it a line; false when the line is not a part of it and the report has ended. */
  take(raw: string, text: string): boolean;
}

/** Begins a report with the match of its first line; the line itself is then given by `take`. */
export function beginReport(found: StartMatch, firstLine: number): Report {
  let { family, start, match } = found;
  const excerpt: string[] = [];
  let severity = family.severity;
  let framed = family.name === 'cut-here';
  let state: 'head' | 'trace' | 'after' = family.form === 'line' ? 'trace' : 'head';
  let foreign = 0;
  let backtraceSeen = false;
  let instruction: string | undefined;
  let firstFrame: string | undefined;
  let doubtfulFrame: string | undefined;
  let lastBreak: string | undefined;
  let nowhere = false;
  let detail: string | undefined;
  let first = true;
  const trace = createTrace();

  const title = (): string => {
    const text = fillTemplate(start.title, match);
    // Where s390 jumped from is where it went wrong when it jumped into nowhere.
    const place = start.place
      ? (instruction ?? (nowhere ? lastBreak : undefined) ?? firstFrame ?? doubtfulFrame)
      : undefined;
    return normaliseTitle(
      `${text}${place === undefined ? '' : ` in ${place}`}${detail === undefined ? '' : `: ${detail}`}`,
    );
  };
  const note = (text: string): void => {
    const place = instructionIn(text)?.function;
    if (/^Krnl PSW : [0-9a-f]{16} [0-9a-f]{16} \(0x/.test(text)) nowhere = true;
    // Behind the first frame it is what an interrupt came upon.
    if (place !== undefined && !isReporter(place) && firstFrame === undefined) instruction ??= place;
    if (/^Last Breaking-Event-Address/.test(text)) lastBreak = 'next';
    else if (lastBreak === 'next') lastBreak = frameOf(text);
    if (family.form !== 'prose' || family.name !== 'lockdep' || backtraceSeen) trace.push(text);
    detail ??= family.detail?.exec(text)?.[1];
    if (firstFrame !== undefined) return;
    const frame = frameIn(text);
    if (!frame || frame.doubt === '?' || isReporter(frame.function) || isWaiting(frame.function)) return;
    if (frame.doubt) doubtfulFrame ??= frame.function;
    else firstFrame = frame.function;
  };
  const keep = (raw: string, text: string): true => {
    if (excerpt.length < longestExcerpt) excerpt.push(raw);
    if (/: [0-9a-f]{4}.*\[#?\d+\]/.test(text)) report.numbered = true;
    return true;
  };
  /** Whether a line after the head continues the report. */
  const belongs = (text: string): boolean => {
    if (state === 'after') return isBody(text);
    if (framed) return excerpt.length < longestExcerpt;
    if (state === 'trace') return isBody(text);
    if (family.form === 'prose') {
      if (/^stack backtrace:/.test(text)) backtraceSeen = true;
      if (backtraceSeen && isTrace(text)) state = 'trace';
      return excerpt.length < longestExcerpt;
    }
    if (isTrace(text)) state = 'trace';
    if (isBody(text)) return true;
    foreign += 1;
    return foreign <= foreignInHead;
  };

  const report: Report = {
    get family() {
      return family.name;
    },
    firstLine,
    numbered: false,
    splat() {
      const lines = [...excerpt];
      while (lines.length > 1 && lines.at(-1)?.trim() === '') lines.pop();
      const frames = trace.frames();
      return {
        family: family.name,
        title: title(),
        excerpt: lines,
        severity,
        ...(frames.length > 0 && { trace: frames }),
      };
    },
    fold(next, raw, text) {
      if (next.family.severity === 'fatal' && next.family.name !== 'psw') severity = 'fatal';
      // The frame says nothing itself: the message in it does.
      if (family.name === 'cut-here') ({ family, start, match } = next);
      // An s390 without CONFIG_DEBUG_BUGVERBOSE takes every program check for a BUG at first; real ones are this check.
      if (
        family.name === 'bug' &&
        start.title === 'BUG' &&
        next.family.name === 'oops' &&
        !/^(?:illegal op|invalid opcode)/.test(text)
      )
        ({ family, start, match } = next);
      if (next.family.name === 'cut-here') framed = true;
      if (next.family.name === 'panic') {
        state = 'after';
        framed = false;
      }
      note(text);
      keep(raw, text);
    },
    take(raw, text) {
      if (first) {
        first = false;
        trace.push(text);
        return keep(raw, text);
      }
      if (endMark.test(text) || (excerpt.length > 1 && family.end?.test(text))) {
        state = 'after';
        framed = false;
        return keep(raw, text);
      }
      if (!belongs(text)) return false;
      if (state !== 'after') note(text);
      return keep(raw, text);
    },
  };
  return report;
}
