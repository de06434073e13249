import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { withHostErrors } from './errors.ts';

/** sha256 of a file, in hex, or of what comes from a byte on. */
export async function hashFile(file: string, start = 0): Promise<string> {
  const hash = createHash('sha256');
  await withHostErrors(`read ${file}`, () => pipeline(createReadStream(file, { start }), hash));
  return hash.digest('hex');
}

/** sha256 over values, in hex; equal for values with equal JSON. */
export function hashValues(...values: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(`${JSON.stringify(value)}\n`);
  return hash.digest('hex');
}

/** Changes whenever a program is replaced: cheaper than asking it for its version. */
export async function fileStamp(file: string): Promise<string> {
  const { size, mtimeMs, ino } = await withHostErrors(`read ${file}`, () => stat(file));
  return `${size}:${mtimeMs}:${ino}`;
}
