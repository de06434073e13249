import { stripVTControlCharacters } from 'node:util';

/** Nobody reads a text that is narrower than this, in columns. */
const narrowest = 40;

/** How wide a text is on a terminal, in columns: codes for colours take none. */
function widthOf(text: string): number {
  return stripVTControlCharacters(text).length;
}

/** Breaks one line at blanks. A command that goes on says so, so that it can still be copied; a longer word stays whole. */
function broken(line: string, columns: number): string[] {
  const [indent = ''] = /^ */.exec(line) ?? [];
  const isCommand = line.startsWith(`${indent}$ `);
  const hang = isCommand ? `${indent}    ` : indent;
  const lines: string[] = [];
  let last = indent;
  for (const word of line.slice(indent.length).split(' ')) {
    const isFirst = last.trim() === '';
    if (!isFirst && widthOf(last) + 1 + widthOf(word) + (isCommand ? 2 : 0) > columns) {
      lines.push(isCommand ? `${last} \\` : last);
      last = `${hang}${word}`;
    } else last = isFirst ? `${last}${word}` : `${last} ${word}`;
  }
  return [...lines, last];
}

/** A text in which no line is wider than a terminal, as far as its words allow: none of it is cut off. */
export function narrowText(text: string, columns: number): string {
  const most = Math.max(narrowest, columns);
  return text
    .split('\n')
    .flatMap((line) => (widthOf(line) > most ? broken(line, most) : [line]))
    .join('\n');
}
