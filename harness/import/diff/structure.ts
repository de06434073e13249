import { parseHunkHeader } from '../../model/index.ts';
import { isBlank } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';

export const blobs = /^index [0-9a-f]{4,64}\.\.[0-9a-f]{4,64}(?: [0-7]{6})?\s*$/;
const combinedHeader = /^@@@+ -\d/;
const header =
  /^(?:diff |index [0-9a-f]|Index: |=+$|old mode |new mode |deleted file mode |new file mode |similarity |dissimilarity |rename |copy |--- \S|\+\+\+ \S|Binary files |GIT binary patch|RCS file: |retrieving revision )/;
const begins = /^(?:diff --git |diff -\S|Index: \S)/;

/** A hunk of a merge, which tells of several old files at once. */
export function isCombined(text: Bytes): boolean {
  return text.startsWith('@@@') && combinedHeader.test(text);
}

/** Whether a line has the form of one that begins a file: `diff …`, `Index: …`. */
export function beginsFile(text: Bytes): boolean {
  return begins.test(text);
}

/** Whether a line is one that git, quilt or cvs write above the hunks of a file. */
export function isHeaderLine(text: Bytes): boolean {
  return header.test(text);
}

/** Whether the line at an index begins a file or a hunk; content lines of a hunk never look so but for `---` pairs. */
export function isStructure(lines: readonly TextLine[], at: number): boolean {
  const text = lines[at]?.text ?? '';
  if (beginsFile(text) || blobs.test(text) || parseHunkHeader(text) !== undefined || isCombined(text)) return true;
  return isNamePair(lines, at);
}

/** `--- a/x` with `+++ b/x` below it, perhaps after blank lines. */
export function isNamePair(lines: readonly TextLine[], at: number): boolean {
  if (!/^--- \S/.test(lines[at]?.text ?? '')) return false;
  const next = nextSolid(lines, at + 1);
  return /^\+\+\+ \S/.test(lines[next]?.text ?? '') && next - at < 6;
}

/** Index of the first line from `at` on that is no filler, or the number of lines. */
function nextSolid(lines: readonly TextLine[], at: number): number {
  let next = at;
  while (next < lines.length && isFiller(lines[next]?.text ?? '')) next++;
  return next;
}

const afterGit =
  /^(?:old mode |new mode |deleted file mode |new file mode |similarity |dissimilarity |rename |copy |index [0-9a-f]|--- |\+\+\+ |@@ -|GIT binary|Binary files |diff --git )/;

/**
 * Whether a diff that names its file begins at a line of a mail. Prose may hold words such as `diff -u x y`, and what a
 * test prints: here the lines below must be those of a diff, too.
 */
export function startsNamedDiff(lines: readonly TextLine[], at: number): boolean {
  const text = lines[at]?.text ?? '';
  const first = text[0];
  if (first !== 'd' && first !== 'I' && first !== '-') return false;
  const below = (far: number): Bytes => lines[at + far]?.text ?? '';
  if (/^diff --git \S+ \S/.test(text)) {
    return at + 1 >= lines.length || [1, 2, 3].some((far) => afterGit.test(below(far)));
  }
  if (/^diff (?:-\S+ )+\S/.test(text)) {
    return [1, 2, 3, 4].some(
      (far) => isNamePair(lines, at + far) || /^(?:Binary files |index [0-9a-f])/.test(below(far)),
    );
  }
  if (/^Index: \S/.test(text)) {
    return /^(?:={3,}|diff -|--- \S|RCS file)/.test(lines[nextSolid(lines, at + 1)]?.text ?? '');
  }
  if (!isNamePair(lines, at)) return false;
  const plus = nextSolid(lines, at + 1);
  return /^@@+ -\d/.test(lines[nextSolid(lines, plus + 1)]?.text ?? '');
}

/** Lines that renderings put between others: blank ones and the fences of markdown. */
export function isFiller(text: Bytes): boolean {
  return isBlank(text) || isFence(text);
}

export function isFence(text: Bytes): boolean {
  return /^\s*(?:```|~~~)[\w-]*\s*$/.test(text);
}

/** The line that ends the text of a mail. */
export function isSignature(text: Bytes): boolean {
  return /^-- ?$/.test(text);
}
