import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** The bytes of a file in pieces; gzip is unpacked. Rejects while it is read when the file can't be. */
export function readPieces(file: string): AsyncIterable<Uint8Array> {
  return unpacked(createReadStream(file));
}

/** The same bytes; those of a gzip file unpacked. What lacks its end is read as far as it goes. */
export async function* unpacked(source: AsyncIterable<Uint8Array | string>): AsyncGenerator<Uint8Array> {
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
    if ((error as NodeJS.ErrnoException).code !== 'Z_BUF_ERROR') throw error;
  }
}
