import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { UserError } from '../../model/index.ts';
import { compressionOfBytes, decompressFile } from '../fetch/archive.ts';
import { withHostErrors } from '../files/errors.ts';
import { withScratch } from '../files/scratch.ts';

/** Node's strings can't hold more; nobody's thread does. */
const largestBytes = 400 * 2 ** 20;

/**
 * The text of a file, one character for each byte; unpacked where it is compressed, whatever its name. Throws UserError for
 * one that is damaged or larger than {@link largestBytes}.
 */
export async function readPlain(file: string, signal: AbortSignal): Promise<string> {
  const { size } = await withHostErrors(`read ${file}`, () => stat(file));
  if (size > largestBytes) throw tooLarge(file);
  const bytes = await withHostErrors(`read ${file}`, () => readFile(file));
  const compression = compressionOfBytes(bytes);
  if (compression === 'none') return bytes.toString('latin1');
  if (compression === 'gzip') {
    try {
      return gunzipSync(bytes, { maxOutputLength: largestBytes }).toString('latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
      throw new UserError(`${path.basename(file)} is damaged: ${(error as Error).message}`, {
        code: 'QB-IMPORT',
        location: { file },
        cause: error,
      });
    }
  }
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const plain = path.join(scratch, 'plain');
    await decompressFile(file, plain, signal);
    return readPlain(plain, signal);
  });
}

function tooLarge(file: string): UserError {
  return new UserError(`${path.basename(file)} is too large: more than ${largestBytes / 2 ** 20} MiB`, {
    code: 'QB-IMPORT',
    location: { file },
    hint: 'cut the thread out of it first, for instance with: formail, mutt or b4',
  });
}
