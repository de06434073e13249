import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** Told why the rest of a packed file cannot be read, as a clause. */
type OnCut = (reason: string) => void;

/** The bytes of a file in pieces; gzip is unpacked. Rejects while it is read when the file can't be. */
export function readPieces(file: string, onCut: OnCut): AsyncIterable<Uint8Array> {
  return unpacked(createReadStream(file), onCut);
}

/** Why a packed file has no more to give. */
const cuts: Readonly<Record<string, string>> = {
  Z_BUF_ERROR: 'the gzip file lacks its end',
  Z_DATA_ERROR: 'the gzip file is damaged',
};

/** The same bytes; those of a gzip file unpacked, as far as they can be. */
export async function* unpacked(source: AsyncIterable<Uint8Array | string>, onCut: OnCut): AsyncGenerator<Uint8Array> {
  const pieces = source[Symbol.asyncIterator]();
  const first = await pieces.next();
  if (first.done) return;
  const start = Buffer.from(first.value);
  const all = (async function* (): AsyncGenerator<Buffer> {
    yield start;
    for (let next = await pieces.next(); !next.done; next = await pieces.next()) yield Buffer.from(next.value);
  })();
  if (start[0] !== 0x1f || start[1] !== 0x8b) {
    yield* all;
    return;
  }
  const gunzip = createGunzip();
  Readable.from(all).pipe(gunzip);
  try {
    for await (const piece of gunzip as AsyncIterable<Buffer>) yield piece;
  } catch (error) {
    const reason = cuts[(error as NodeJS.ErrnoException).code ?? ''];
    if (reason === undefined) throw error;
    onCut(reason);
  }
}
