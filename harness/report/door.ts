import { randomUUID } from 'node:crypto';
import { noPaint, type Paint, paintCodes } from './paint.ts';

/**
 * Characters that a terminal obeys instead of showing them (C0 and C1 controls but tab and line feed), that reorder what
 * stands around them (marks of bidirectional text), or that end a line for some readers only.
 */
const unseen =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g;

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * A text in which nothing is hidden: control characters and marks of direction stand as `\u001b`. In JSON that is the
 * same value; everywhere else a reader sees that something was there.
 */
export function visible(text: string): string {
  return text.replace(unseen, escaped);
}

/**
 * A text that no CI runner takes for a command. GitHub obeys `::…` at the beginning of a line, blanks before it or not,
 * and `##[…]` anywhere in one; Azure and TeamCity obey `##vso[…]` and `##teamcity[…]`.
 */
export function withoutCommands(text: string): string {
  return withoutOldCommands(text).replace(/^([^\S\n]*):(?=:)/gm, '$1\\u003a');
}

function withoutOldCommands(text: string): string {
  return text.replace(/##(\w*)\[/g, '##$1\\u005b');
}

/** The one way out to a stream: whatever a patch, a compiler, a guest or a mail chose is harmless when it has passed. */
export interface Door {
  /** Colours a text for this door, where colours are wanted; those of anybody else don't pass. */
  readonly paint: Paint;
  readonly print: (text: string) => void;
  /** Replaces the line of a terminal that the cursor is in; an empty text clears it. */
  readonly status: (text: string) => void;
  /** Prints commands for a CI runner that we made ourselves; values in them are escaped by their maker. */
  readonly commands: (text: string) => void;
}

/** `write` gets what may be shown as it is. */
export function makeDoor(write: (text: string) => void, colours: boolean): Door {
  // Nobody can guess it, so only what `paint` made becomes a code of the terminal.
  const mark = randomUUID();
  const marks = new RegExp(`${mark}<(\\d+)>`, 'g');
  const shown = (text: string): string => visible(text).replace(marks, '\u001b[$1m');
  return {
    paint: colours ? (text, colour) => `${mark}<${paintCodes[colour]}>${text}${mark}<0>` : noPaint,
    print: (text) => write(shown(withoutCommands(text))),
    status: (text) => write(`\r\u001b[K${shown(withoutCommands(text))}`),
    commands: (text) => write(visible(withoutOldCommands(text))),
  };
}
