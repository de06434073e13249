import type { Remark, TextLine } from '../text/types.ts';

/** What begins or ends the description of a patch, and stands in no diff. */
const described =
  /^(?:(?:From|Author): .*@|(?:Subject|Description): \S|From [0-9a-f]{40} |commit [0-9a-f]{40}$|[A-Z][a-z]+(?:-[a-z]+)*-by: .*@|[ >]*(?:-+\s*)+(?:8<|>8|✂))/;

/** A description between two parts of a diff: what follows it is another patch, of which title and author would be lost. */
export function tellSecond(lines: readonly TextLine[]): Remark[] {
  const found = lines.find(({ text }) => described.test(text));
  if (found === undefined) return [];
  const text = `"${found.text.slice(0, 60)}" stands between two parts of the diff: these are two patches in one text; give each its own file`;
  return [{ line: found.number, text }];
}
