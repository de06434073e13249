import { createHash, type Hash } from 'node:crypto';
import { parseHunkHeader } from '../../model/index.ts';
import type { TextLine } from '../text/types.ts';

/** Header lines that are part of a patch's id; what tells of blobs, similarity and renames is not. */
const counted = /^(?:diff --git |new file mode |deleted file mode |--- |\+\+\+ )/;

/**
 * What git calls the stable id of a patch, in hex: the same for a patch on another version of its files, since neither
 * line numbers nor white space nor the order of the files are in it.
 */
export function patchId(diff: readonly TextLine[]): string {
  const sum = new Uint8Array(20);
  let file: Hash | undefined;
  let left = { old: 0, new: 0 };
  for (const { text } of diff) {
    if (left.old > 0 || left.new > 0) {
      const mark = text[0] ?? ' ';
      if (mark === '\\') continue;
      if (mark !== '+') left.old--;
      if (mark !== '-') left.new--;
      file?.update(withoutSpace(text), 'latin1');
      continue;
    }
    const hunk = parseHunkHeader(text);
    if (hunk !== undefined) left = { old: hunk.old.count, new: hunk.new.count };
    else if (text.startsWith('diff --git ')) {
      add(sum, file);
      file = createHash('sha1').update(withoutSpace(text), 'latin1');
    } else if (counted.test(text)) file?.update(withoutSpace(text), 'latin1');
  }
  add(sum, file);
  return Buffer.from(sum).toString('hex');
}

function withoutSpace(text: string): string {
  return text.replace(/[ \t\n\v\f\r]+/g, '');
}

/** The ids of the files are added as numbers, the first byte being the lowest. */
function add(sum: Uint8Array, file: Hash | undefined): void {
  if (file === undefined) return;
  let carry = 0;
  for (const [at, byte] of file.digest().entries()) {
    carry += (sum[at] ?? 0) + byte;
    sum[at] = carry & 255;
    carry >>= 8;
  }
}
