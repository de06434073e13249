import type { WorkHunk } from '../diff/hunk.ts';
import type { Bytes } from '../text/types.ts';
import { allToTabs, toTabs } from './indent.ts';
import type { NamedFile } from './name-files.ts';
import { applyHunks, blobId } from './patched.ts';

export interface Proof {
  /** The hunks with which the file gets the blob id that the diff's `index` line names. */
  readonly hunks?: readonly WorkHunk[];
  /** The tree's file is the one that the diff was made on, and still no reading gives that id. */
  readonly differs: boolean;
}

/**
 * Looks for the reading of a file's added lines under which the result has the blob id of the `index` line: as the
 * source shows them, as mended, or with runs of spaces turned back into tabs. Such an id can't fit by accident.
 *
 * Undefined where there is no such line, or a hunk's place isn't known.
 */
export function proveByBlob(
  { names: { blobs, old, new: next } }: NamedFile,
  mended: readonly WorkHunk[],
  shown: readonly WorkHunk[],
  file: readonly Bytes[],
): Proof | undefined {
  if (blobs === undefined || next === undefined || blobs.new.length < 7) return undefined;
  const known = old === undefined || blobId(file).startsWith(blobs.old);
  for (const hunks of readings(mended, shown)) {
    const placed = hunks.flatMap(({ lines, start }) => (start === undefined ? [] : [{ lines, start }]));
    if (placed.length < hunks.length) return undefined;
    const result = applyHunks(file, placed);
    if (result !== undefined && blobId(result).startsWith(blobs.new)) return { hunks, differs: false };
  }
  return { differs: known };
}

function* readings(mended: readonly WorkHunk[], shown: readonly WorkHunk[]): Generator<readonly WorkHunk[]> {
  yield shown;
  yield mended;
  for (const columns of [8, 4]) {
    for (const shift of [0, -1] as const) {
      yield mapAdded(shown, (text) => toTabs(text, { columns, shift }));
      if (columns === 8) yield mapAdded(shown, (text) => allToTabs(text, { columns, shift }));
    }
  }
}

function mapAdded(hunks: readonly WorkHunk[], map: (text: Bytes) => Bytes): WorkHunk[] {
  return hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line) => (line.kind === '+' ? { ...line, text: map(line.text) } : line)),
  }));
}
