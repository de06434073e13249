import type { Family, Start } from './family.ts';

/** The start of a report that a text is. Its groups are looked up when somebody asks for them: in a flood nobody does. */
export class StartMatch {
  readonly family: Family;
  readonly start: Start;
  readonly text: string;
  #match: RegExpExecArray | undefined;

  /** `text` matches the pattern of `start`. */
  constructor(family: Family, start: Start, text: string) {
    this.family = family;
    this.start = start;
    this.text = text;
  }

  get match(): RegExpExecArray {
    this.#match ??= this.start.pattern.exec(this.text) ?? undefined;
    if (!this.#match) throw new Error(`no start of a report: ${this.text}`);
    return this.#match;
  }

  /** The same of a text of its own: a piece of a large one would keep all of it in memory. */
  owned(): StartMatch {
    return new StartMatch(this.family, this.start, Buffer.from(this.text).toString());
  }
}
