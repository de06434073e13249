import type { TextLine } from '../text/types.ts';

/** The first row of a post: its subject, what it answers, its date, each in a cell. */
const firstRow = /^\s*\|?\s*(\S.*?)\s*\[message #\d+[^\]]*\]\s*\|\s*([^|]*\b(?:19|20)\d\d\b[^|]*?)\s*\|?\s*$/i;

/** The cell of the author, with what the forum counts. */
const authorCell = /^\s*\|\s*(\S.*?)\s+Messages:\s*\d+/;

/** The cell of the text, which begins in a row of its own. */
const textCell = /^\s*\|(\s+\S.*)$/;

/** A row of cells without text. */
const emptyRow = /^\s*\|[\s|]*$/;

/**
 * Posts that a forum shows as a table, one below the other, written as posts with a head of lines. Undefined where a
 * page shows none.
 */
export function tablePosts(lines: readonly TextLine[]): TextLine[] | undefined {
  const starts = lines.flatMap(({ text }, at) => (firstRow.test(text) ? [at] : []));
  if (starts.length === 0) return undefined;
  return starts.flatMap((start, index) => readRows(lines.slice(start, starts[index + 1])));
}

function readRows(lines: readonly TextLine[]): TextLine[] {
  const [first] = lines;
  const [, subject = '', date = ''] = firstRow.exec(first?.text ?? '') ?? [];
  const number = first?.number ?? 1;
  const by = lines.findIndex(({ text }) => authorCell.test(text));
  const author = authorCell.exec(lines[by]?.text ?? '')?.[1] ?? '';
  const begin = lines.findIndex(({ text }, at) => at > Math.max(by, 0) && textCell.test(text) && !/\|.*\|/.test(text));
  const rest = begin < 0 ? [] : lines.slice(begin);
  const end = rest.findIndex(({ text }) => emptyRow.test(text));
  const text = (end < 0 ? rest : rest.slice(0, end)).map((line, at) =>
    at === 0 ? { ...line, text: line.text.replace(/^\s*\|\s*/, ' ') } : line,
  );
  const head = [` Subject: ${subject}`, ` Posted by ${author === '' ? 'unknown' : author} on ${date}`, ''];
  return [...head.map((one) => ({ text: one, number })), ...text];
}
