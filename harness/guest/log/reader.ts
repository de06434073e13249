import type { Splat } from '../../model/index.ts';
import { isDumpHead } from './body.ts';
import { banner, createBoots } from './boots.ts';
import { createDumpFinder, type Dump } from './dump.ts';
import type { Family } from './family.ts';
import { behindHalfLine } from './half-line.ts';
import { createKeptLines } from './kept.ts';
import { createLineSplitter } from './lines.ts';
import { aftermath, belongsTo, type Closed, isHead, isRestOf } from './part-of.ts';
import { PassingReport } from './passing.ts';
import { type LogMessage, messagesOf, stripPrefix } from './prefix.ts';
import { createRepeats, type Repeated } from './repeats.ts';
import { beginReport, type Report } from './report.ts';
import { findStart } from './start.ts';
import { StartMatch } from './start-match.ts';

/** Reports that are kept: a kernel that warns in a loop says nothing new. New ones are kept beyond, and fatal ones beyond those. */
const keptReports = 200;
const mostReports = 1000;
const mostFatal = 1100;
/** Those in which a panic is looked for that names its cause: other tasks and processors are shown before it. */
const longAftermath = 2000;
/** Reports of one caller that can be open at once: one that interrupts another. */
const deepest = 3;

export interface LogReaderOptions {
  /** Whether the console breaks lines at 80 columns (`BootTarget.wrapsLog`). */
  readonly wrapsLog: boolean;
  /** The guest has booted already (it was restored): the first boot banner is then a reboot. */
  readonly booted?: boolean;
  /** The log may hold several boots: one that the kernel announced is no report. */
  readonly several?: boolean;
  /** Called for each whole line, prefixes included, while `listening` does not say that nobody listens. */
  readonly onLine?: (line: string) => void;
  readonly listening?: () => boolean;
  /** Called when a report begins; its excerpt and title are not whole yet. */
  readonly onSplat?: (splat: Splat) => void;
}

/** A report and where it begins: the index of its first line in the whole log. */
export interface PlacedSplat {
  readonly line: number;
  readonly splat: Splat;
}

/** Reads a kernel log: a pure machine that gives the same answers however its bytes are cut into chunks. */
export interface LogReader {
  push(chunk: Uint8Array): void;
  /** The console has been quiet: what has no line end yet is a line (s390 ends a record with the next one). */
  flush(): void;
  /** From here on lines are kept, but begin no report. */
  ignoreReports(): void;
  /** The console is closed: ends every report. */
  end(): void;
  /** Whole lines, un-wrapped, and at last one that has no end yet. Only the newest 4 MiB are kept. */
  lines(): readonly string[];
  /** Lines seen so far, also those that are no longer kept: the index of the next line. */
  lineCount(): number;
  /** Lines from an index on, as far as they are kept. */
  linesFrom(index: number): readonly string[];
  /** Whether the kernel's banner came, with which its log begins. */
  hasBanner(): boolean;
  /** Reports so far, in the order of their beginnings; the last may still grow. */
  splats(): readonly Splat[];
  /** Reports that begin at a line index or later. */
  splatsFrom(index: number): readonly Splat[];
  /** Reports with the places where they begin. */
  placed(): readonly PlacedSplat[];
}

const rebooted = {
  family: { name: 'reboot', severity: 'fatal', form: 'line', starts: [] } satisfies Family,
  start: { pattern: banner, title: 'the guest booted again' },
};

export function createLogReader(options: LogReaderOptions): LogReader {
  const kept = createKeptLines();
  const dumps = createDumpFinder((index) => {
    const raw = kept.at(index);
    return raw === undefined ? undefined : stripPrefix(raw);
  });
  const boots = createBoots(options, (index) => kept.from(index));
  const repeats = createRepeats();
  const reports: Report[] = [];
  const known = new Set<string>();
  /** Reports that have not ended, newest last, by the task or processor that prints them. */
  const open = new Map<string, Report[]>();
  let ignoring = false;
  let closed: Closed | undefined;

  const openUp = (report: Report, caller: string): void => {
    const stack = open.get(caller);
    if (!stack) open.set(caller, [report]);
    else if (stack.length < deepest) stack.push(report);
    else {
      // One for each line of a flood: shift() costs a call into the runtime.
      for (let at = 1; at < deepest; at += 1) stack[at - 1] = stack[at] ?? report;
      stack[deepest - 1] = report;
    }
  };
  const isWorthy = (found: StartMatch): boolean => {
    const fatal = found.family.severity === 'fatal' && reports.length < mostFatal;
    if (fatal || reports.length >= mostReports) return fatal;
    // Texts of different families differ.
    const kind = found.match[0];
    const isNew = !known.has(kind);
    if (isNew && known.size < mostReports) known.add(Buffer.from(kind).toString());
    return reports.length < keptReports || isNew;
  };
  const begin = (found: StartMatch, index: number, caller: string): Report => {
    const worthy = isWorthy(found);
    const report = worthy ? beginReport(found, index) : new PassingReport(found, index);
    openUp(report, caller);
    if (worthy) reports.push(report);
    return report;
  };

  /** The report that a line goes to: the newest open one of its caller that takes it. */
  const give = (message: LogMessage, index: number): boolean => {
    const stack = open.get(message.caller);
    while (stack && stack.length > 0) {
      const report = stack.at(-1);
      if (report?.take(message)) return !report.doubtful;
      stack.pop();
      if (report) closed = { report, line: index };
    }
    if (stack) open.delete(message.caller);
    return false;
  };

  /** A frame that still waits for its message: two processors may both have begun one. */
  const framed = (found: StartMatch, caller: string): Report | undefined => {
    if (!found.family.follows?.includes('cut-here')) return undefined;
    for (const report of open.get(caller) ?? []) if (report.family === 'cut-here') return report;
    return undefined;
  };

  /** The report that a start is only a part of, open or ended just before. */
  const partOf = (found: StartMatch, { text, caller }: LogMessage, index: number): Report | undefined => {
    const current = open.get(caller)?.at(-1);
    const { consequence } = found.family;
    if (current && belongsTo(found, current, text) && (!current.doubtful || consequence || !current.hasTrace()))
      return current;
    const within = found.family.follows?.includes('*') ? longAftermath : aftermath;
    // A head alone has lost its body to lines of others.
    const mayBe = closed && (consequence || isHead(closed.report)) && belongsTo(found, closed.report, text);
    if (!closed || !mayBe || index - closed.line > within) return framed(found, caller);
    openUp(closed.report, caller);
    return closed.report;
  };

  const reboot = (index: number, message: LogMessage): void => {
    open.clear();
    closed = undefined;
    const report = begin(new StartMatch(rebooted.family, rebooted.start, message.text), index, '');
    report.take(message);
    open.clear();
    options.onSplat?.(report.splat());
  };

  /** A stack without a head: the rest of a report just before it, or a report of its own. */
  const onDump = ({ lines, firstLine, headless, found }: Dump, caller: string): void => {
    const late = closed && isRestOf(closed, firstLine, headless) ? closed.report : undefined;
    const report = late ?? begin(found, firstLine, caller);
    if (late) openUp(late, caller);
    for (const line of lines) report.take(line);
    if (!late) options.onSplat?.(report.splat());
  };

  const startReport = (found: StartMatch, message: LogMessage, index: number): void => {
    dumps.forget(message.caller, index);
    const whole = partOf(found, message, index);
    if (whole) {
      whole.fold(found, message);
      return;
    }
    const report = begin(found, index, message.caller);
    report.take(message);
    options.onSplat?.(report.splat());
  };

  const onMessage = (message: LogMessage, index: number, alone: boolean): void => {
    const { text, caller } = message;
    const boot = boots.take(message, index);
    if (boot === 'reboot') reboot(index, message);
    if (boot !== 'none') return;
    const found = findStart(text);
    if (found) {
      if (alone) repeats.learn(found, message);
      startReport(found, message, index);
      return;
    }
    const rest = behindHalfLine(message);
    const hidden = rest && findStart(rest.text);
    if (rest && hidden) {
      startReport(hidden, rest, index);
      return;
    }
    const stack = open.get(caller);
    const current = stack?.at(-1);
    // A dump that begins after lines of somebody else's is not that of a report which has one.
    if (current?.doubtful && current.hasTrace() && isDumpHead(text)) {
      closed = { report: current, line: index };
      stack?.pop();
    }
    if (give(message, index)) {
      dumps.forget(caller, index);
      return;
    }
    const dump = dumps.take(message, index);
    if (dump) onDump(dump, caller);
  };

  const onLine = (raw: string, index: number, again?: Repeated): void => {
    passed = 0;
    if (again && !ignoring) startReport(again.found, again.messageOf(raw), index);
    else if (!ignoring) {
      const messages = messagesOf(raw);
      for (const message of messages) onMessage(message, index, messages.length === 1);
    }
    options.onLine?.(raw);
  };
  /** Lines that were passed over since the last that was looked at. */
  let passed = 0;
  const onlyPassing = (): boolean => {
    for (const stack of open.values()) for (const report of stack) if (!(report instanceof PassingReport)) return false;
    return true;
  };

  const splitter = createLineSplitter(options.wrapsLog, {
    line(line) {
      repeats.none();
      onLine(line, kept.add(line));
    },
    lineOf: (line, bytes, from, to) => onLine(line, kept.addBytes(bytes, from, to, 1), repeats.find(bytes, from, to)),
    wanted() {
      if (options.onLine && (options.listening?.() ?? true)) return undefined;
      if (ignoring || (open.size === 0 && dumps.idle())) return 'all';
      return dumps.idle() && onlyPassing() ? 'starts' : undefined;
    },
    plain(bytes, from, to, lines) {
      kept.addBytes(bytes, from, to, lines);
      // Of a report that is not kept only its length matters.
      passed += lines;
      if (open.size > 0 && passed > aftermath) open.clear();
    },
  });
  const linesFrom = (index: number): readonly string[] => {
    const pending = splitter.pending();
    const whole = kept.from(index);
    return pending === '' ? whole : [...whole, pending];
  };
  const placed = (): PlacedSplat[] => reports.map((report) => ({ line: report.firstLine, splat: report.splat() }));

  return {
    push(chunk) {
      try {
        splitter.push(chunk);
      } finally {
        kept.settle();
      }
    },
    flush: () => splitter.flush(),
    ignoreReports() {
      ignoring = true;
      open.clear();
    },
    end() {
      splitter.flush();
      open.clear();
    },
    lines: () => linesFrom(0),
    hasBanner: () => boots.hasBanner(),
    lineCount: () => kept.count(),
    linesFrom,
    splats: () => placed().map(({ splat }) => splat),
    splatsFrom: (index) => reports.filter((report) => report.firstLine >= index).map((report) => report.splat()),
    placed,
  };
}
