import { type FileHandle, open, readFile } from 'node:fs/promises';
import { HostError } from '../../model/index.ts';
import { isMissing, withHostErrors } from './errors.ts';

/** The bytes of a file; undefined when there is none. Throws HostError for one that can't be read. */
export async function readBytes(file: string): Promise<Buffer | undefined> {
  return withHostErrors(`read ${file}`, () => unlessMissing(readFile(file)));
}

/** The text of a file; undefined when there is none. Throws HostError for one that can't be read. */
export async function readText(file: string): Promise<string | undefined> {
  return (await readBytes(file))?.toString('utf8');
}

/** The bytes of a file that has to be there. Throws HostError otherwise. */
export async function mustReadBytes(file: string): Promise<Buffer> {
  const bytes = await readBytes(file);
  if (bytes === undefined) throw new HostError(`cannot read ${file}: there is no such file`, { code: 'QB-DISK' });
  return bytes;
}

/** The text of a file that has to be there. Throws HostError otherwise. */
export async function mustReadText(file: string): Promise<string> {
  return (await mustReadBytes(file)).toString('utf8');
}

/** The parsed file; undefined when there is none or it is not whole. Throws HostError for one that can't be read. */
export async function readJson(file: string): Promise<unknown> {
  const text = await readText(file);
  try {
    return text === undefined ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

/** The last bytes of a file as text, from the beginning of a line on, and how many bytes stand before; undefined when there is none. */
export async function readEnd(
  file: string,
  most: number,
): Promise<{ readonly text: string; readonly skipped: number; readonly skippedLines: number } | undefined> {
  return withHostErrors(`read ${file}`, async () => {
    const handle = await unlessMissing(open(file));
    if (!handle) return undefined;
    try {
      const stat = await handle.stat();
      if (!stat.isFile()) return undefined;
      const start = Math.max(0, stat.size - most);
      const { bytesRead, buffer } = await handle.read(Buffer.alloc(stat.size - start), 0, stat.size - start, start);
      const bytes = buffer.subarray(0, bytesRead);
      const from = start === 0 ? 0 : bytes.indexOf('\n') + 1;
      const skipped = start + from;
      return { text: bytes.toString('utf8', from), skipped, skippedLines: await countLines(handle, skipped) };
    } finally {
      await handle.close();
    }
  });
}

/** Line ends in the first bytes of a file. */
async function countLines(handle: FileHandle, bytes: number): Promise<number> {
  const buffer = Buffer.alloc(65_536);
  let lines = 0;
  for (let at = 0; at < bytes; ) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.length, bytes - at), at);
    if (bytesRead === 0) break;
    for (let index = 0; index < bytesRead; index += 1) if (buffer[index] === 10) lines += 1;
    at += bytesRead;
  }
  return lines;
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (isMissing(error)) return undefined;
    throw error;
  });
}
