import { parseHunkHeader } from '../../model/index.ts';
import { counted, isBlank } from '../text/bytes.ts';
import type { Remark, TextLine } from '../text/types.ts';
import { isNamePair } from './structure.ts';

/**
 * Pieces of a diff in front of the line where it seems to begin: names without a hunk header below them, hunks without
 * names above them. There they would be taken for words about the patch.
 *
 * @param lines what stands between the description and the diff
 */
export function tellLoose(lines: readonly TextLine[]): Remark[] {
  const at = lines.findIndex(({ text }, index) => isNamePair(lines, index) || parseHunkHeader(text) !== undefined);
  if (at < 0) return [];
  const rest = lines.slice(at).filter(({ text }) => !/^(?:---|\+\+\+) \S/.test(text));
  const lost = rest.filter(({ text }) => /^[+ -]/.test(text) && !isBlank(text));
  const [first] = lost;
  if (first === undefined) return [];
  const what = `${counted(lost.length, 'line')} of a diff above the first file that is named and has a hunk header`;
  return [{ line: first.number, text: `${what}: it is unclear where they belong` }];
}

/** The last lines, up to an empty one; a space alone may be context. */
export function adjacent(lines: readonly TextLine[]): readonly TextLine[] {
  const blank = lines.findLastIndex(({ text }) => text === '');
  return lines.slice(blank + 1);
}
