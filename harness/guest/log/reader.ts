import type { Splat } from '../../model/index.ts';
import { families } from './families/index.ts';
import type { Family } from './family.ts';
import { createLineSplitter } from './lines.ts';
import { stripPrefix } from './prefix.ts';
import { beginReport, type Report, type StartMatch } from './report.ts';

/** Bytes of log text that stay in memory; older lines go. */
const keptBytes = 4 * 1024 * 1024;
/** Reports that are kept: a kernel that warns in a loop says nothing new. */
const keptReports = 200;
/** Lines after the end of a report in which its consequences are looked for. */
const aftermath = 60;

export interface LogReaderOptions {
  /** Whether the console breaks lines at 80 columns (`Target.wrapsLog`). */
  readonly wrapsLog: boolean;
  /** The guest has booted already (it was restored): the first boot banner is then a reboot. */
  readonly booted?: boolean;
  /** Called for each whole line, prefixes included. */
  readonly onLine?: (line: string) => void;
  /** Called when a report begins; its excerpt and title are not whole yet. */
  readonly onSplat?: (splat: Splat) => void;
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
  /** Reports so far, in the order of their beginnings; the last may still grow. */
  splats(): readonly Splat[];
  /** Reports that begin at a line index or later. */
  splatsFrom(index: number): readonly Splat[];
}

const isBanner = /^Linux version \d/;
const rebooted = {
  family: { name: 'reboot', severity: 'fatal', form: 'line', starts: [] } satisfies Family,
  start: { pattern: isBanner, title: 'the guest booted again' },
};

function findStart(text: string): StartMatch | undefined {
  if (!quick.test(text)) return undefined;
  for (const family of families) {
    for (const start of family.starts) {
      const match = start.pattern.exec(text);
      if (match) return { family, start, match };
    }
  }
  return undefined;
}

/** All starts in one expression, so that an ordinary line costs one test. */
const quick = new RegExp(
  families.flatMap((family) => family.starts.map((start) => `(?:${start.pattern.source})`)).join('|'),
);

function belongsTo(found: StartMatch, report: Report, text: string): boolean {
  const { follows } = found.family;
  if (!follows?.includes('*') && !follows?.includes(report.family)) return false;
  // A second oops has a number of its own.
  return !(report.numbered && (found.family.name === 'oops' || /: [0-9a-f]{4}.*\[#?\d+\]/.test(text)));
}

export function createLogReader(options: LogReaderOptions): LogReader {
  let kept: string[] = [];
  let keptSize = 0;
  let dropped = 0;
  let banners = options.booted ? 1 : 0;
  const reports: Report[] = [];
  /** Reports that have not ended, newest last, by the task or processor that prints them. */
  const open = new Map<string, Report[]>();
  let ignoring = false;
  let closed: { readonly report: Report; readonly line: number } | undefined;

  const keepLine = (line: string): number => {
    kept.push(line);
    keptSize += line.length;
    if (keptSize > keptBytes) {
      let from = 0;
      while (keptSize > keptBytes / 2) keptSize -= kept[from++]?.length ?? 0;
      kept = kept.slice(from);
      dropped += from;
    }
    return dropped + kept.length - 1;
  };

  const begin = (found: StartMatch, index: number, caller: string): Report => {
    const report = beginReport(found, index);
    open.set(caller, [...(open.get(caller) ?? []), report]);
    if (reports.length < keptReports) reports.push(report);
    return report;
  };

  /** The report that a line goes to: the newest open one of its caller that takes it. */
  const give = (caller: string, index: number, raw: string, text: string): void => {
    const stack = open.get(caller);
    while (stack && stack.length > 0) {
      const report = stack.at(-1);
      if (report?.take(raw, text)) return;
      stack.pop();
      if (report) closed = { report, line: index };
    }
    if (stack?.length === 0) open.delete(caller);
  };

  /** A frame that still waits for its message: two processors may both have begun one. */
  const framed = (found: StartMatch, caller: string): Report | undefined =>
    found.family.follows?.includes('cut-here')
      ? open.get(caller)?.find((report) => report.family === 'cut-here')
      : undefined;

  const reboot = (index: number, raw: string, text: string): void => {
    const match = isBanner.exec(text);
    if (!match) return;
    open.clear();
    closed = undefined;
    const report = begin({ ...rebooted, match }, index, '');
    report.take(raw, text);
    open.clear();
    options.onSplat?.(report.splat());
  };

  const onLine = (raw: string): void => {
    const index = keepLine(raw);
    if (ignoring) {
      options.onLine?.(raw);
      return;
    }
    const { text, caller } = stripPrefix(raw);
    if (isBanner.test(text)) {
      banners += 1;
      if (banners > 1) reboot(index, raw, text);
      options.onLine?.(raw);
      return;
    }
    const found = findStart(text);
    const current = open.get(caller)?.at(-1);
    if (found && current && belongsTo(found, current, text)) {
      current.fold(found, raw, text);
    } else if (
      found?.family.consequence &&
      closed &&
      index - closed.line <= aftermath &&
      belongsTo(found, closed.report, text)
    ) {
      // It goes on where it had ended.
      const { report } = closed;
      report.fold(found, raw, text);
      open.set(caller, [...(open.get(caller) ?? []), report]);
    } else if (found && framed(found, caller)) {
      framed(found, caller)?.fold(found, raw, text);
    } else if (found) {
      const report = begin(found, index, caller);
      report.take(raw, text);
      options.onSplat?.(report.splat());
    } else {
      give(caller, index, raw, text);
    }
    options.onLine?.(raw);
  };

  const splitter = createLineSplitter(options.wrapsLog, onLine);
  const lines = (): readonly string[] => {
    const pending = splitter.pending();
    return pending === '' ? kept : [...kept, pending];
  };
  const splatsFrom = (index: number): readonly Splat[] =>
    reports.filter((report) => report.firstLine >= index).map((report) => report.splat());

  return {
    push: (chunk) => splitter.push(chunk),
    flush: () => splitter.flush(),
    ignoreReports() {
      ignoring = true;
      open.clear();
    },
    end() {
      splitter.flush();
      open.clear();
    },
    lines,
    lineCount: () => dropped + kept.length,
    linesFrom: (index) => lines().slice(Math.max(0, index - dropped)),
    splats: () => splatsFrom(0),
    splatsFrom,
  };
}
