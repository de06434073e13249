import { beginsEdScript } from '../refuse/ed.ts';
import type { Bytes, Remark, TextLine } from '../text/types.ts';

/** A form of diff that is no unified one: how its first line is told, and what to say. */
interface Form {
  readonly begins: (lines: readonly TextLine[], at: number) => boolean;
  /** The whole sentence. */
  readonly text: string;
  /** A description may well show one, as the output of a program. */
  readonly common?: true;
}

const at = (lines: readonly TextLine[], index: number): Bytes => lines[index]?.text ?? '';

const forms: readonly Form[] = [
  {
    begins: (lines, index) =>
      /^\*\*\* \S/.test(at(lines, index)) &&
      /^--- \S/.test(at(lines, index + 1)) &&
      /^\*{10,}/.test(at(lines, index + 2)),
    text: unread('a context diff (*** and ---)'),
  },
  {
    begins: (lines, index) =>
      /^\*{10,}/.test(at(lines, index)) && /^\*\*\* \d+(?:,\d+)? \*{4}/.test(at(lines, index + 1)),
    text: unread('a context diff (*** and ---)'),
  },
  {
    begins: (lines, index) => {
      const [, kind] = /^\d+(?:,\d+)?([acd])\d+(?:,\d+)?\s*$/.exec(at(lines, index)) ?? [];
      return kind !== undefined && (kind === 'a' ? /^> ?/ : /^< ?/).test(at(lines, index + 1));
    },
    text: unread('a normal diff (1c1, < and >)'),
    common: true,
  },
  {
    begins: beginsEdScript,
    text: unread('an ed script (1c, text, a dot)'),
    common: true,
  },
  {
    begins: (lines, index) => /^hunk \.\/\S+ \d+\s*$/.test(at(lines, index)) && /^[+-]/.test(at(lines, index + 1)),
    text: unread('a patch of darcs (hunk ./FILE LINE)'),
  },
  {
    begins: (lines, index) => /^(?:Binary files|Files) .+ differ\s*$/.test(at(lines, index)),
    text: 'the diff says that a binary file differs and holds none of its data; ask for git format-patch --binary',
    common: true,
  },
  {
    begins: (lines, index) => /^Only in [^:]+: \S/.test(at(lines, index)),
    text: 'the diff says that a file is there on one side only, and does not hold it; ask for diff -N',
    common: true,
  },
  {
    begins: (lines, index) => /^Property changes on: \S/.test(at(lines, index)),
    text: 'properties of Subversion, such as svn:executable, are not read',
    common: true,
  },
];

function unread(form: string): string {
  return `${form} is not read: ask for a unified diff (diff -u, git format-patch)`;
}

/** A quick look: without one of these no other form of diff is in a text. */
export const maybeForeign = /^(?:\*{10,}|\d+(?:,\d+)?[acd](?:\d|\s*$)|hunk \.\/)/m;

/**
 * Diffs in forms that are no unified diff: each form once, with the line where it begins. They say less about the place of
 * a change, and git reads none of them.
 *
 * @param described the lines are the description of a patch
 */
export function tellForeign(lines: readonly TextLine[], described = false): Remark[] {
  const found = new Map<string, Remark>();
  for (const [index, { number }] of lines.entries()) {
    const form = forms.find(({ begins }) => begins(lines, index));
    if (form === undefined || found.has(form.text) || (described && form.common)) continue;
    found.set(form.text, { line: number, text: form.text });
  }
  return [...found.values()];
}
