/** Lines of a file that a hunk is about. */
export interface HunkRange {
  /** The first of them, from 1; where there are none, the one in front of the hunk. */
  readonly start: number;
  readonly count: number;
}

const hunkHead = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/** Reads the line with which a hunk of a unified diff begins; undefined for any other. */
export function parseHunkHeader(text: string): { readonly old: HunkRange; readonly new: HunkRange } | undefined {
  const match = hunkHead.exec(text);
  if (match === null) return undefined;
  const range = (start?: string, count?: string): HunkRange => ({ start: Number(start), count: Number(count ?? 1) });
  return { old: range(match[1], match[2]), new: range(match[3], match[4]) };
}
