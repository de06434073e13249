import { endMark, isBody } from './body.ts';
import type { LogMessage } from './prefix.ts';
import type { Report } from './report.ts';
import type { StartMatch } from './start-match.ts';

/** Lines of any form that may follow the head of one of these. */
const foreignInHead = 8;

/**
 * A report beyond those that are kept: it has its extent, so that its lines belong to no other, but nothing of it is
 * remembered. A flood of reports costs next to nothing that way.
 */
export class PassingReport implements Report {
  readonly firstLine: number;
  readonly numbered = false;
  readonly framed = false;
  readonly doubtful = false;
  readonly inlined = false;
  family: string;
  severity: Report['severity'];
  // Plain fields: in a flood one of these is made for each line.
  private found: StartMatch;
  private lines = 0;
  private foreign = 0;

  constructor(found: StartMatch, firstLine: number) {
    this.found = found;
    this.firstLine = firstLine;
    this.family = found.family.name;
    this.severity = found.family.severity;
  }

  hasTrace(): boolean {
    return true;
  }

  splat(): ReturnType<Report['splat']> {
    const { family, start, match } = this.found;
    return { family: family.name, severity: family.severity, title: start.title, excerpt: [match[0]] };
  }

  fold(found: StartMatch): void {
    if (this.family === 'cut-here') {
      this.found = found;
      this.family = found.family.name;
      this.severity = found.family.severity;
    }
    this.foreign = 0;
  }

  take({ text }: LogMessage): boolean {
    this.lines += 1;
    if (this.lines > 1 && this.found.family.form === 'alone') return false;
    if (this.lines === 1 || isBody(text) || endMark.test(text)) return true;
    this.foreign += 1;
    return this.found.family.form !== 'line' && this.foreign <= foreignInHead;
  }
}
