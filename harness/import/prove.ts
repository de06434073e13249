import type { WorkHunk } from './hunk.ts';
import { toTabs } from './indent.ts';
import type { NamedFile } from './name-files.ts';
import { applyHunks, blobId } from './patched.ts';
import type { Bytes } from './types.ts';

export interface Proof {
  /** The hunks with which the file gets the blob id that the diff's `index` line names. */
  readonly hunks?: readonly WorkHunk[];
  /** The tree's file is the one that the diff was made on, and still no reading gives that id. */
  readonly differs: boolean;
}

/**
 * Looks for the reading of a file's added lines under which the result has the blob id of the `index` line: as mended, as
 * the source shows them, or with runs of spaces turned back into tabs. Such an id can't fit by accident.
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
  yield mended;
  yield shown;
  for (const columns of [8, 4]) {
    for (const shift of [0, -1] as const) {
      const leading = mapAdded(shown, (text) => toTabs(text, { columns, shift }));
      yield leading;
      if (columns === 8) yield mapAdded(shown, (text) => allTabs(text, shift));
    }
  }
}

function mapAdded(hunks: readonly WorkHunk[], map: (text: Bytes) => Bytes): WorkHunk[] {
  return hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line) => (line.kind === '+' ? { ...line, text: map(line.text) } : line)),
  }));
}

/** Turns leading spaces, and every run of spaces that ends at a tab stop, into tabs. */
function allTabs(text: Bytes, shift: 0 | -1): Bytes {
  let out = '';
  let column = -shift;
  for (const [run] of text.matchAll(/ +|[^ ]+/g)) {
    const end = column + run.length;
    const tabs = Math.floor(end / 8) - Math.floor(column / 8);
    if (!run.startsWith(' ') || tabs === 0) out += run;
    else if (out === '') out += '\t'.repeat(tabs) + ' '.repeat(end % 8);
    else out += end % 8 === 0 && run.length > 1 ? '\t'.repeat(tabs) : run;
    column = end;
  }
  return out;
}
