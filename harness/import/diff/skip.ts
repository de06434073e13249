import { parseHunkHeader } from '../../model/index.ts';
import type { TextLine } from '../text/types.ts';
import { isHeaderLine } from './structure.ts';
import { takeHunk } from './take.ts';

/** Index of the first line after the diff that begins at `at`: after its headers and the hunks that they announce. */
export function skipHunks(lines: readonly TextLine[], at: number): number {
  let next = at;
  while (next < lines.length) {
    const text = lines[next]?.text ?? '';
    const counts = parseHunkHeader(text);
    if (counts !== undefined) {
      next = takeHunk(lines, next + 1, { old: counts.old.count, new: counts.new.count }, true).next;
    } else if (isHeaderLine(text)) next++;
    else break;
  }
  return next;
}
