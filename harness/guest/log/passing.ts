import { endMark, isBody } from './body.ts';
import type { LogMessage } from './prefix.ts';
import type { Report, StartMatch } from './report.ts';

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
  #found: StartMatch;
  #lines = 0;
  #foreign = 0;

  constructor(found: StartMatch, firstLine: number) {
    this.#found = found;
    this.firstLine = firstLine;
  }

  get family(): string {
    return this.#found.family.name;
  }

  get severity(): Report['severity'] {
    return this.#found.family.severity;
  }

  hasTrace(): boolean {
    return true;
  }

  splat(): ReturnType<Report['splat']> {
    const { family, start, match } = this.#found;
    return { family: family.name, severity: family.severity, title: start.title, excerpt: [match[0]] };
  }

  fold(found: StartMatch): void {
    if (this.#found.family.name === 'cut-here') this.#found = found;
    this.#foreign = 0;
  }

  take({ text }: LogMessage): boolean {
    this.#lines += 1;
    if (this.#lines > 1 && this.#found.family.form === 'alone') return false;
    if (this.#lines === 1 || isBody(text) || endMark.test(text)) return true;
    this.#foreign += 1;
    return this.#found.family.form !== 'line' && this.#foreign <= foreignInHead;
  }
}
