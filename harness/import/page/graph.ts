import type { TextLine } from '../text/types.ts';

/** A commit in the output of `git log --graph`, and how far its lines are moved to the right. */
const commit = /^((?:[|\\/_ ]*)\* +)commit [0-9a-f]{7,64}\b/;
const drawn = /^[|\\/_* ]*$/;

/** The output of `git log --graph` without what is drawn on its left; undefined for every other text. */
export function withoutGraph(lines: readonly TextLine[]): TextLine[] | undefined {
  if (!lines.some(({ text }) => commit.test(text))) return undefined;
  let width = 0;
  return lines.map((line) => {
    width = commit.exec(line.text)?.[1]?.length ?? width;
    if (!drawn.test(line.text.slice(0, width))) return line;
    const text = line.text.slice(width);
    return { ...line, text: drawn.test(text) && text.includes('|') ? '' : text };
  });
}
