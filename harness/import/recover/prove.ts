import type { WorkHunk } from '../diff/hunk.ts';
import { isPlaceholder } from '../diff/names.ts';
import type { Bytes } from '../text/types.ts';
import type { NamedFile } from './name-files.ts';
import { applyHunks, hasId } from './patched.ts';
import { lineReadings, wholeReadings } from './readings.ts';

export interface Proof {
  /** The hunks with which the file gets the blob id that the diff's `index` line names. */
  readonly hunks?: readonly WorkHunk[];
  /** The tree's file is the one that the diff was made on, and still no reading gives that id. */
  readonly differs: boolean;
}

/** How many bytes are hashed at most to find a reading: about a second's work. */
const mostBytes = 200_000_000;

/**
 * Looks for the reading of a file's added lines under which the result has the blob id of the `index` line: as the
 * source shows them, as mended, by one rule for all of them, then with a choice for each line. Such an id can't fit by
 * accident.
 *
 * Undefined where there is no such line, or a hunk's place isn't known.
 */
export function proveByBlob(
  { names: { blobs, old, new: next } }: NamedFile,
  mended: readonly WorkHunk[],
  shown: readonly WorkHunk[],
  file: readonly Bytes[],
  search: boolean,
): Proof | undefined {
  if (blobs === undefined || next === undefined || blobs.new.length < 7 || isPlaceholder(blobs.new)) return undefined;
  // A binary patch has no lines to read in another way.
  if (mended.length === 0 || mended.some(({ start }) => start === undefined)) return undefined;
  const known = old === undefined || hasId(file, blobs.old);
  let left = mostBytes;
  const fits = (hunks: readonly WorkHunk[]): boolean => {
    const placed = hunks.flatMap(({ lines, start }) => (start === undefined ? [] : [{ lines, start }]));
    const result = applyHunks(file, placed);
    left -= (result?.length ?? 0) * 30;
    return result !== undefined && hasId(result, blobs.new);
  };
  for (const hunks of search ? wholeReadings(shown, mended) : [shown]) {
    if (fits(hunks)) return { hunks, differs: false };
  }
  // On another version of the file no reading can give the id.
  if (!search || !known) return { differs: known };
  for (const hunks of lineByLine(shown, mended)) {
    if (left <= 0) break;
    if (fits(hunks)) return { hunks, differs: false };
  }
  return { differs: true };
}

/**
 * Whether the lines with which a diff removes a file are not those of the blob that its `index` line names: all of the file
 * stands in the diff, so that no tree is needed. False where there is no such line.
 */
export function removesAnother({ names: { blobs, new: next } }: NamedFile, hunks: readonly WorkHunk[]): boolean {
  if (blobs === undefined || next !== undefined || blobs.old.length < 7 || isPlaceholder(blobs.old)) return false;
  const lines = hunks.flatMap((hunk) => hunk.lines);
  if (lines.length === 0 || lines.some(({ kind }) => kind !== '-' && kind !== '\\')) return false;
  const isWhole = !lines.some(({ kind }) => kind === '\\');
  const removed = lines.filter(({ kind }) => kind === '-').map(({ text }) => text);
  return !hasId(isWhole ? [...removed, ''] : removed, blobs.old);
}

/** An added line that can be read in several ways. */
interface OpenLine {
  readonly hunk: number;
  readonly line: number;
  readonly texts: readonly Bytes[];
}

/** Readings that differ from the mended one in one line, then in any number of lines. */
function* lineByLine(shown: readonly WorkHunk[], mended: readonly WorkHunk[]): Generator<readonly WorkHunk[]> {
  const open: OpenLine[] = [];
  for (const [hunk, { lines }] of mended.entries()) {
    for (const [line, { kind, text }] of lines.entries()) {
      if (kind !== '+') continue;
      const [, ...texts] = lineReadings(shown[hunk]?.lines[line]?.text ?? text, text);
      if (texts.length > 0) open.push({ hunk, line, texts });
    }
  }
  for (const one of open) for (const text of one.texts) yield replaced(mended, [[one, text]]);
  yield* combinations(mended, open, []);
}

type Choice = readonly [OpenLine, Bytes];

function* combinations(
  mended: readonly WorkHunk[],
  open: readonly OpenLine[],
  chosen: readonly Choice[],
): Generator<readonly WorkHunk[]> {
  const [first, ...rest] = open;
  if (first === undefined) {
    if (chosen.length > 1) yield replaced(mended, chosen);
    return;
  }
  yield* combinations(mended, rest, chosen);
  for (const text of first.texts) yield* combinations(mended, rest, [...chosen, [first, text]]);
}

function replaced(hunks: readonly WorkHunk[], choices: readonly Choice[]): WorkHunk[] {
  return hunks.map((hunk, at) => {
    const mine = choices.filter(([{ hunk: index }]) => index === at);
    if (mine.length === 0) return hunk;
    const texts = new Map(mine.map(([{ line }, text]) => [line, text]));
    return { ...hunk, lines: hunk.lines.map((line, index) => ({ ...line, text: texts.get(index) ?? line.text })) };
  });
}
