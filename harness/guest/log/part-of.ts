import { numberedHead, type Report } from './report.ts';
import type { StartMatch } from './start-match.ts';

/** Lines after the end of a report in which its consequences are looked for. */
export const aftermath = 60;
/** Lines after a report without a stack in which a stack without a head is still its own. */
const lateStack = 8;

/** Whether the first line of a report is only a part of another one. */
export function belongsTo(found: StartMatch, report: Report, text: string): boolean {
  const { follows, name } = found.family;
  const bare = report.family === 'cut-here' || !report.hasTrace();
  if (report.framed && (name === 'bug' || (name === 'warn' && bare))) return true;
  if (report.inlined && report.family === name) return true;
  // What fortify has warned of ends in a BUG() of its own.
  if (name === 'cut-here' && report.family === 'fortify' && report.severity === 'error') return true;
  // The message stands in front of its frame; what has a trace is a report of its own.
  if ((name === 'cut-here' || name === 'warn') && report.hasTrace()) return false;
  if (!follows?.includes('*') && !follows?.includes(report.family)) return false;
  // A second oops has a number of its own.
  return !(report.numbered && (found.family.name === 'oops' || numberedHead.test(text)));
}

/** A report that has ended, and the line that ended it. */
export interface Closed {
  readonly report: Report;
  readonly line: number;
}

/** Whether a report is the first line of a fault, and no more has come of it. */
export function isHead(report: Report): boolean {
  return report.family === 'oops' && !report.numbered && !report.hasTrace();
}

/** Whether a stack that begins at a line is a part of a report that lines of others ended. */
export function isRestOf({ report, line }: Closed, firstLine: number, headless: boolean): boolean {
  if (headless) return firstLine - line <= aftermath;
  return firstLine - line <= lateStack && !report.hasTrace();
}
