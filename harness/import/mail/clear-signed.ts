import { isBlank } from '../text/bytes.ts';
import type { TextLine } from '../text/types.ts';

const begin = '-----BEGIN PGP SIGNED MESSAGE-----';
const signature = '-----BEGIN PGP SIGNATURE-----';
const end = '-----END PGP SIGNATURE-----';

/**
 * Takes a text out of a signature that stands around it in the same text: there each line that begins with a dash has a
 * dash and a space in front, those of a diff as well. What stands outside stays.
 */
export function withoutClearSignature(lines: readonly TextLine[]): readonly TextLine[] {
  const at = (mark: string, from: number): number =>
    lines.findIndex(({ text }, index) => index >= from && text.trimEnd() === mark);
  const first = at(begin, 0);
  const blank = first < 0 ? -1 : lines.findIndex(({ text }, index) => index > first && isBlank(text));
  const last = blank < 0 ? -1 : at(signature, blank);
  if (last < 0) return lines;
  const text = lines
    .slice(blank + 1, last)
    .map((line) => (line.text.startsWith('- ') ? { text: line.text.slice(2), number: line.number } : line));
  const after = at(end, last);
  return [...lines.slice(0, first), ...text, ...(after < 0 ? [] : lines.slice(after + 1))];
}
