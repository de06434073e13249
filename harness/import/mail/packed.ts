import { gunzipSync } from 'node:zlib';
import { splitLines } from '../text/bytes.ts';
import type { Bytes, TextLine } from '../text/types.ts';
import { undoBase64 } from './transfer.ts';

const packed = /\.(?:patch|diff|mbox|eml)\.(gz|bz2|xz|zst)$|\.(tar(?:\.\w+)?|tgz|zip|7z)$/i;

/** More than this nobody attaches. */
const largestBytes = 64 * 2 ** 20;

/** Whether an attachment of this name is a packed patch, or packed files with perhaps patches among them. */
export function isPacked(fileName: string): boolean {
  return packed.test(fileName);
}

/** The lines of an attached patch that is packed with gzip; of other forms it is said what to do. */
export function unpack(
  body: Bytes,
  encoding: string | undefined,
  fileName: string,
  line: number,
): { readonly lines: readonly TextLine[] } | { readonly problem: string } {
  if (packed.exec(fileName)?.[1]?.toLowerCase() !== 'gz')
    return { problem: `the attachment ${fileName} was not read: unpack it and give the patches in it` };
  const bytes = encoding === 'base64' ? undoBase64(body).bytes : body;
  try {
    const text = gunzipSync(Buffer.from(bytes, 'latin1'), { maxOutputLength: largestBytes }).toString('latin1');
    return { lines: splitLines(text).map((one) => ({ ...one, number: line })) };
  } catch (error) {
    return { problem: `the attachment ${fileName} can't be unpacked: ${(error as Error).message}` };
  }
}
