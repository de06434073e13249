import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { HostError, UserError } from '../../model/index.ts';
import { compressionOfBytes, decompressFile } from '../fetch/archive.ts';
import { isMissing, withHostErrors } from '../files/errors.ts';
import { withScratch } from '../files/scratch.ts';
import { writeFileAtomic } from '../files/write.ts';

/** Node's strings can't hold more; nobody's thread does. */
const largestBytes = 400 * 2 ** 20;

/**
 * The text of a file, one character for each byte; unpacked where it is compressed, whatever its name. Throws UserError for
 * one that is damaged or larger than {@link largestBytes}.
 */
export async function readPlainMail(file: string, signal: AbortSignal): Promise<string> {
  return plainText(await withHostErrors(`read ${file}`, () => readBounded(file)), file, signal);
}

/** As {@link readPlainMail}; undefined when there is no such file. */
export async function readPlainIfThere(file: string, signal: AbortSignal): Promise<string | undefined> {
  const bytes = await withHostErrors(`read ${file}`, () =>
    readBounded(file).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    }),
  );
  return bytes === undefined ? undefined : plainText(bytes, file, signal);
}

/** Others get their turn after so many files. */
const filesInARow = 50;
let read = 0;

/** Waiting for small files one by one costs several times what reading them does, and a queue has thousands. */
async function readBounded(file: string): Promise<Buffer> {
  if (++read % filesInARow === 0) await setImmediate();
  if (statSync(file).size > largestBytes) throw tooLarge(file);
  return readFileSync(file);
}

/**
 * The text of bytes, unpacked where they are compressed. Throws as {@link readPlainMail} does.
 *
 * @param file for messages to the user
 */
export async function plainText(bytes: Buffer, file: string, signal: AbortSignal): Promise<string> {
  const compression = compressionOfBytes(bytes);
  if (compression === 'none') return bytesOf(bytes);
  if (compression === 'gzip') {
    try {
      return bytesOf(gunzipSync(bytes, { maxOutputLength: largestBytes }));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
      throw damaged(file, error);
    }
  }
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const packed = path.join(scratch, path.basename(file));
    const plain = path.join(scratch, 'plain');
    await writeFileAtomic(packed, bytes);
    await decompressFile(packed, plain, signal, largestBytes).catch((error: unknown) => {
      // A full disk and a missing program have codes of their own.
      throw error instanceof HostError && error.code === 'QB-HOST' ? damaged(file, error) : error;
    });
    return readPlainMail(plain, signal);
  });
}

/** One character for each byte; text in two bytes a character, which PowerShell writes, becomes UTF-8. */
function bytesOf(bytes: Buffer): string {
  const charset =
    bytes[0] === 0xff && bytes[1] === 0xfe
      ? 'utf-16le'
      : bytes[0] === 0xfe && bytes[1] === 0xff
        ? 'utf-16be'
        : undefined;
  if (charset === undefined) return bytes.toString('latin1');
  return Buffer.from(new TextDecoder(charset).decode(bytes), 'utf8').toString('latin1');
}

function damaged(file: string, cause: unknown): UserError {
  const why = (cause as Error).message.replace(/^.* is truncated or damaged: /, '');
  return new UserError(`${path.basename(file)} is truncated or damaged: ${why}`, {
    code: 'QB-IMPORT',
    location: { file },
    hint: 'expected a whole file; save or download it again',
    cause,
  });
}

function tooLarge(file: string): UserError {
  return new UserError(`${path.basename(file)} is too large: more than ${largestBytes / 2 ** 20} MiB`, {
    code: 'QB-IMPORT',
    location: { file },
    hint: 'cut the thread out of it first, for instance with: formail, mutt or b4',
  });
}
