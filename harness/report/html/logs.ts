import { deflateSync } from 'node:zlib';
import type { Cell, Run } from '../../model/index.ts';
import { cellsToExplain } from '../text.ts';

/** A log as far as it was read: its end, and how many bytes in front of that are missing. */
export interface LogText {
  readonly text: string;
  readonly skipped: number;
  /** Lines among those bytes; 0 unless given. */
  readonly skippedLines?: number;
  readonly marks?: readonly LogMark[];
}

/** A report in a log: its first line, counted from 1 in the file, its lines and its title. */
export interface LogMark {
  readonly line: number;
  readonly lines: number;
  readonly title: string;
}

/** Logs by the path that the run names them with. */
export type Logs = ReadonlyMap<string, LogText>;

/** What all logs of a page may take, in bytes of the page. */
const budget = 900_000;
/** Logs of cells that passed are only looked at in runs that a person can look through. */
const mostCells = 200;
const mostLogs = 400;

function logsOf(cell: Cell): string[] {
  const ofCases = cell.cases.flatMap(({ cause }) => (cause?.log === undefined ? [] : [cause.log]));
  return [cell.cause?.log, ...ofCases, cell.logs['boot.log'], cell.logs['build.log']].filter(
    (log) => log !== undefined,
  );
}

/** The logs that a page wants, those of failures first. */
export function wantedLogs(run: Run): string[] {
  const bad = cellsToExplain(run);
  const cells = run.cells.length > mostCells ? bad : [...bad, ...run.cells];
  return [...new Set(cells.flatMap(logsOf))].slice(0, mostLogs);
}

/** A log as a page shows it: packed in it, or only named. */
export interface ShownLog {
  readonly path: string;
  /** Place in the list of packed logs; absent when there was no room or no file. */
  readonly index?: number;
  readonly note: string;
  readonly log?: LogText;
}

/** Packs logs as long as there is room, in the order of {@link wantedLogs}. */
export function packLogs(
  run: Run,
  logs: Logs,
): { readonly packed: readonly string[]; readonly shown: ReadonlyMap<string, ShownLog> } {
  const packed: string[] = [];
  const shown = new Map<string, ShownLog>();
  let left = budget;
  for (const path of wantedLogs(run)) {
    const log = logs.get(path);
    if (!log) continue;
    const data = deflateSync(log.text, { level: 9 }).toString('base64');
    if (data.length > left) {
      shown.set(path, { path, log, note: 'left out to keep this page small' });
      continue;
    }
    left -= data.length;
    const note = log.skipped > 0 ? `without its first ${log.skipped.toLocaleString('en-US')} bytes` : '';
    shown.set(path, { path, log, index: packed.push(data) - 1, note });
  }
  return { packed, shown };
}
