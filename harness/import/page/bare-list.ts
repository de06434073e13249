import { filesOfDiff, namesOf } from '../diff/names.ts';
import type { RawFile } from '../diff/raw.ts';
import { isBlank } from '../text/bytes.ts';
import type { PageLine } from './page-head.ts';

/** A name of a file alone on its line; without a slash it can as well be a word. */
const path = /^[\w.+@~-]+(?:\/[\w.+@~-]+)*$/;

/** Where the list of files below a message begins; the number of lines where there is none. */
export function listStart(lines: readonly PageLine[], files: readonly RawFile[]): number {
  const marked = lines.findIndex(
    (line) => /\[(?:new|deleted) file|\bpatch \| blob\b/.test(line.text) && filesOfDiff([line]).length > 0,
  );
  if (marked >= 0) return marked;
  const unnamed = files.filter((file) => file.hunks.length > 0 && namesOf(file.header) === undefined).length;
  if (unnamed === 0) return lines.length;
  const end = lines.findLastIndex(({ text }) => !isBlank(text)) + 1;
  let start = end;
  while (start > 0 && path.test(lines[start - 1]?.text.trim() ?? '')) start--;
  const names = lines.slice(start, end);
  // A text copy of the list: as many names as the diff needs, and paths rather than the last words of the message.
  if (names.length < unnamed) return lines.length;
  const needed = names.slice(-unnamed);
  const all = names.every(({ text }) => text.includes('/')) ? names : needed;
  return all.some(({ text }) => /[/.]|^[A-Z]\w+$/.test(text.trim())) ? end - all.length : lines.length;
}

/** The lines of such a list in the form that {@link filesOfDiff} reads. */
export function listLine(text: string): string {
  const plain = text.trim();
  return path.test(plain) ? ` ${plain} | 1` : text;
}
