import type { WorkHunk } from '../diff/hunk.ts';
import { anyAddress, plainAddress } from '../mail/address.ts';
import type { Bytes } from '../text/types.ts';
import { allToTabs, indentOf, toTabs } from './indent.ts';

/** A way to read the added lines that a page shows. */
type LineReading = (shown: Bytes) => Bytes;

const asShown: LineReading = (text) => text;
const addresses: readonly LineReading[] = [asShown, plainAddress, anyAddress];

/** Every run of spaces that ends at a tab stop was a tab, a single space as well. */
function everyTab(text: Bytes, shift: 0 | -1): Bytes {
  if (indentOf(text).includes('\t')) return text;
  let out = '';
  let column = -shift;
  for (const [run] of text.matchAll(/ +|[^ ]+/g)) {
    const end = column + run.length;
    const tabs = Math.floor(end / 8) - Math.floor(column / 8);
    out +=
      !run.startsWith(' ') || tabs === 0 || (end % 8 !== 0 && out !== '')
        ? run
        : '\t'.repeat(tabs) + ' '.repeat(end % 8);
    column = end;
  }
  return out;
}

const spaces: readonly LineReading[] = [
  ...([8, 4] as const).flatMap((columns) =>
    ([-1, 0] as const).flatMap((shift): LineReading[] => [
      (text) => toTabs(text, { columns, shift }),
      ...(columns === 8 ? [(text: Bytes) => allToTabs(text, { columns, shift })] : []),
    ]),
  ),
  (text) => everyTab(text, -1),
  (text) => everyTab(text, 0),
];

/** What white space at the end, or a space of its own kind, may have been. */
const allReadings: readonly LineReading[] = [asShown, ...spaces].flatMap((space) =>
  addresses.map(
    (address): LineReading =>
      (text) =>
        space(address(text)),
  ),
);

/** Readings of all added lines by one rule each; `mended` comes second, since its lines were judged one by one. */
export function* wholeReadings(
  shown: readonly WorkHunk[],
  mended: readonly WorkHunk[],
): Generator<readonly WorkHunk[]> {
  yield shown;
  yield mended;
  for (const address of addresses.slice(1)) yield mapAdded(mended, address);
  for (const reading of allReadings.slice(1)) yield mapAdded(shown, reading);
}

function mapAdded(hunks: readonly WorkHunk[], map: LineReading): WorkHunk[] {
  return hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line) => (line.kind === '+' ? { ...line, text: map(line.text) } : line)),
  }));
}

/** The ways to read one added line, as it is shown and as it was mended among them, each once. */
export function lineReadings(shown: Bytes, mended: Bytes): Bytes[] {
  return [
    ...new Set([mended, ...addresses.map((address) => address(mended)), ...allReadings.map((read) => read(shown))]),
  ];
}
