import { sign, verify } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { create, extract, list } from 'tar';
import type { StoreName, StorePart } from '../../model/index.ts';
import { hashFile } from '../files/hash.ts';
import { listFiles } from '../files/list.ts';
import { StoreProblem } from './blobs.ts';
import type { NamedKey, StoreKeys } from './keys.ts';

/** What an entry is called, and in which part of the store it stands. */
export interface EntryName extends StoreName {
  readonly part: StorePart;
}

/** The first line of an entry; its content, a tar archive, follows. */
interface Head {
  readonly quiltboot: 1;
  /** sha256 of the content, in hex. */
  readonly sha256: string;
  readonly bytes: number;
  /** Who signed it. */
  readonly by: string;
  /** Over its name and its content, base64. */
  readonly signature: string;
}

/** A first line is far shorter. */
const mostHead = 1024;

const refuse = (why: string): never => {
  throw new StoreProblem(why, { lost: false });
};

/** What is signed: an entry must stand where it was put, and in no other part of the store. */
function statement({ part, kind, key }: EntryName, { sha256, bytes }: Pick<Head, 'sha256' | 'bytes'>): Buffer {
  return Buffer.from(JSON.stringify(['quiltboot store', 1, part, kind, key, sha256, bytes]));
}

/** Writes the files of a directory as an entry; `scratch` is a directory for it. */
export async function packEntry(name: EntryName, directory: string, own: NamedKey, scratch: string): Promise<string> {
  const content = path.join(scratch, 'content');
  const files = (await listFiles(directory)).map((file) => path.relative(directory, file));
  await create({ cwd: directory, file: content, portable: true, noDirRecurse: true }, files);
  const [sha256, { size: bytes }] = [await hashFile(content), await stat(content)];
  const signature = sign(null, statement(name, { sha256, bytes }), own.key).toString('base64');
  const head: Head = { quiltboot: 1, sha256, bytes, by: own.id, signature };
  const entry = path.join(scratch, 'entry');
  await writeFile(entry, `${JSON.stringify(head)}\n`);
  await pipeline(createReadStream(content), createWriteStream(entry, { flags: 'a' }));
  return entry;
}

async function readHead(file: string): Promise<{ readonly head: Head; readonly length: number }> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(mostHead), 0, mostHead, 0);
    const end = buffer.subarray(0, bytesRead).indexOf('\n');
    const head = JSON.parse(buffer.toString('utf8', 0, Math.max(0, end))) as Partial<Head> | null;
    const { quiltboot, sha256, bytes, by, signature } = head ?? {};
    const isWhole = typeof sha256 === 'string' && typeof by === 'string' && typeof signature === 'string';
    if (quiltboot === 1 && isWhole && typeof bytes === 'number')
      return { head: { quiltboot, sha256, bytes, by, signature }, length: end + 1 };
  } catch {
    // Said below.
  } finally {
    await handle.close();
  }
  return refuse('it does not begin as an entry of a store does');
}

/** Names and kinds that an archive of ours has: files with plain paths. */
async function checkContent(file: string, start: number): Promise<void> {
  let strange: string | undefined;
  const reader = list({
    strict: true,
    onReadEntry: ({ path: name, type }) => {
      const isPlain = type === 'File' || type === 'OldFile';
      const stays =
        name !== '' && !name.startsWith('/') && !name.split('/').some((part) => part === '..' || part === '');
      if (!isPlain || !stays || name.includes('\0')) strange ??= `${JSON.stringify(name)} (${type})`;
    },
  });
  await pipeline(createReadStream(file, { start }), reader);
  if (strange !== undefined) refuse(`it has ${strange}, which is no file inside of it`);
}

/**
 * Checks an entry, and unpacks it into an empty directory.
 *
 * @returns the name of the key that signed it
 * @throws StoreProblem that says why it is refused
 */
export async function unpackEntry(
  name: EntryName,
  file: string,
  { trusted }: StoreKeys,
  directory: string,
): Promise<string> {
  const { head, length } = await readHead(file);
  const key = trusted.get(head.by);
  if (key === undefined) return refuse(`it was signed by ${head.by.slice(0, 16)}, whose key is not among ours`);
  const signature = Buffer.from(head.signature, 'base64');
  if (!verify(null, statement(name, head), key, signature)) refuse(`the signature of ${head.by} is not good`);
  const { size } = await stat(file);
  const start = length;
  if (size - length !== head.bytes || (await hashFile(file, start)) !== head.sha256)
    refuse('its content has another hash than it says');
  try {
    await checkContent(file, start);
    await pipeline(createReadStream(file, { start }), extract({ cwd: directory, strict: true }));
  } catch (error) {
    if (error instanceof StoreProblem) throw error;
    throw new StoreProblem(`it cannot be unpacked: ${(error as Error).message}`, { lost: false, cause: error });
  }
  return head.by;
}
