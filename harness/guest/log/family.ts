import type { Splat } from '../../model/index.ts';

/** How one kind of report begins and what to call it. */
export interface Family {
  /** `oops`, `lockdep`, `kasan` … */
  readonly name: string;
  readonly severity: Splat['severity'];
  /** Each pattern starts at the beginning of a line from which prefixes were taken. */
  readonly starts: readonly Start[];
  /**
   * How the report continues after its first line. `line`: at once with a stack or not at all. `block` (the default): with
   * a few lines of any form, then a stack. `prose`: any lines up to the stack after "stack backtrace:". `alone`: not at all;
   * what follows belongs to a report that it has come into.
   */
  readonly form?: 'line' | 'block' | 'prose' | 'alone';
  /** A line that ends the report for certain, itself included. */
  readonly end?: RegExp;
  /** Families of an open report that this one is a part of: no report of its own then. `*` stands for all. */
  readonly follows?: readonly string[];
  /** It also belongs to a report of `follows` that ended just before. */
  readonly consequence?: boolean;
  /** Below the first line of one of these it is what they are about: it takes over the title. */
  readonly explains?: readonly string[];
  /** A line of the body that tells more; its first group is put after the title, and its second as the place of it. */
  readonly detail?: RegExp;
  /** How many different details a title has; 1 unless given. */
  readonly details?: number;
  /** It tells of what was interrupted, not of the interrupt that noticed. */
  readonly interrupted?: boolean;
  /** The title says by which call or timer the code was entered: where it stands says little of why it does not get on. */
  readonly entered?: boolean;
}

export interface Start {
  readonly pattern: RegExp;
  /** `$1`, `$2` … stand for groups of the pattern. */
  readonly title: string;
  /** Whether the function where it happened belongs to the title; the number of the group that names it, where one does. */
  readonly place?: boolean | number;
  /** A text that each line of this start holds, where its first character can be any: lines without are not looked at. */
  readonly word?: string;
  /** A text that each line of this start holds: an expression that takes long is tried on no other. */
  readonly needed?: string;
}

/** Shorter to write: a start whose title names the function where it happened. */
export function at(pattern: RegExp, title: string): Start {
  return { pattern, title, place: true };
}

/** A start that is fully told by its own line. */
export function plain(pattern: RegExp, title: string): Start {
  return { pattern, title };
}

/** A start whose own line names the function, in the last group; a helper's caller is blamed in its place. */
export function inside(pattern: RegExp, title: string, group: number): Start {
  return { pattern, title, place: group };
}

/** A start that may begin with anything and always has a word. */
export function holding(word: string, start: Start): Start {
  return { ...start, word };
}

/** A start whose expression is only tried where a line holds a text. */
export function needing(needed: string, start: Start): Start {
  return { ...start, needed };
}
