import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { access, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { defined, HostError } from '../../model/index.ts';

export async function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  );
}

export async function ensureDirectory(directory: string): Promise<string> {
  await withHostErrors(`create ${directory}`, () => mkdir(directory, { recursive: true }));
  return directory;
}

/** A name beside `file` that nothing else uses; renaming it to `file` is atomic. */
export function temporaryName(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${process.pid}.${randomBytes(4).toString('hex')}.tmp`);
}

/** Writes a file so that a reader sees the old bytes or the new ones, never a part. `mode` as for chmod(2). */
export async function writeFileAtomic(file: string, data: string | Uint8Array, mode = 0o666): Promise<void> {
  await ensureDirectory(path.dirname(file));
  const temporary = temporaryName(file);
  await withHostErrors(`write ${file}`, async () => {
    try {
      await writeFile(temporary, data, { mode });
      await rename(temporary, file);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  });
}

/** The text of a file, or undefined when there is none. */
export async function readTextIfThere(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw error;
  }
}

/** The bytes of a file, or undefined when there is none or it can't be read. */
export async function readBytesIfThere(file: string): Promise<Buffer | undefined> {
  return readFile(file).catch(() => undefined);
}

/** The last bytes of a file as text, from the beginning of a line on, and how many bytes stand before; undefined when there is none. */
export async function readEnd(
  file: string,
  most: number,
): Promise<{ readonly text: string; readonly skipped: number } | undefined> {
  const handle = await open(file).catch(() => undefined);
  if (!handle) return undefined;
  try {
    const stat = await handle.stat();
    if (!stat.isFile()) return undefined;
    const start = Math.max(0, stat.size - most);
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(stat.size - start), 0, stat.size - start, start);
    const bytes = buffer.subarray(0, bytesRead);
    const from = start === 0 ? 0 : bytes.indexOf('\n') + 1;
    return { text: bytes.toString('utf8', from), skipped: start + from };
  } finally {
    await handle.close();
  }
}

/** Removes a file if it is there. */
export async function removeFile(file: string): Promise<void> {
  await rm(file, { force: true });
}

export async function readJson(file: string): Promise<unknown> {
  return JSON.parse(await readFile(file, 'utf8')) as unknown;
}

/** The parsed file, or undefined when it is missing or not whole. */
export async function readJsonIfThere(file: string): Promise<unknown> {
  return readJson(file).catch(() => undefined);
}

export async function writeJson(file: string, value: unknown): Promise<void> {
  await writeFileAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/** sha256 of a file, in hex. */
export async function hashFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** sha256 over values, in hex; equal for values with equal JSON. */
export function hashValues(...values: readonly unknown[]): string {
  const hash = createHash('sha256');
  for (const value of values) hash.update(`${JSON.stringify(value)}\n`);
  return hash.digest('hex');
}

const diskTexts: Readonly<Record<string, string>> = {
  ENOSPC:
    'no space left on the device; free some space (quiltboot keeps its cache where QUILTBOOT_CACHE says) and run again',
  EDQUOT: 'the disk quota is used up; free some space and run again',
  EROFS: 'the file system is read-only; choose another place with QUILTBOOT_CACHE or --out',
  EACCES: 'permission denied; choose another place with QUILTBOOT_CACHE or --out',
};

/** Turns an errno of the file system into a {@link HostError} that says what was tried. */
export async function withHostErrors<T>(what: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const hint = code === undefined ? undefined : diskTexts[code];
    if (code === undefined || error instanceof HostError) throw error;
    throw new HostError(`cannot ${what}: ${(error as Error).message}`, {
      cause: error,
      ...defined({ hint }),
    });
  }
}

export async function readText(file: string): Promise<string> {
  return withHostErrors(`read ${file}`, () => readFile(file, 'utf8'));
}
