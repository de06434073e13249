import { closeSync, constants, type Dirent, lstatSync, openSync, readdirSync, readlinkSync, readSync } from 'node:fs';
import path from 'node:path';
import { HostError, InterruptedError } from '../../model/index.ts';
import { writeFileAtomic } from '../files/write.ts';
import type { GitPlace } from './git.ts';
import { IndexBuilder } from './index-file.ts';
import { PackWriter } from './pack.ts';

interface TreeEntry {
  readonly name: Buffer;
  readonly mode: number;
  readonly id: Buffer;
}

const directoryMode = 0o040000;
const linkMode = 0o120000;

/**
 * Stores everything below a directory in a repository as one pack, byte for byte, writes the index that goes with the
 * directory, and resolves with git's name of the tree.
 *
 * Files of other kinds than plain files, directories and links are left out, as are directories without a file.
 */
export async function storeDirectory(place: Required<GitPlace>, signal: AbortSignal): Promise<string> {
  const pack = await PackWriter.create(place.repository);
  const index = new IndexBuilder();
  try {
    const top = await storeLevel(
      { pack, index, signal, read: fileReader() },
      Buffer.from(place.worktree),
      Buffer.alloc(0),
    );
    if (top === undefined) throw new HostError(`there is no file in ${place.worktree}`, { code: 'QB-GIT' });
    await pack.finish();
    await writeFileAtomic(place.index, index.bytes());
    return top.toString('hex');
  } catch (error) {
    await pack.abandon();
    throw error;
  }
}

interface Store {
  readonly pack: PackWriter;
  readonly index: IndexBuilder;
  readonly signal: AbortSignal;
  readonly read: (file: Buffer, size: number) => Buffer;
}

/** Reads whole files into one buffer, so that each is good until the next. */
function fileReader(): Store['read'] {
  let buffer = Buffer.alloc(2 ** 20);
  return (file, size) => {
    if (buffer.length < size) buffer = Buffer.alloc(size * 2);
    const descriptor = openSync(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
    try {
      let length = 0;
      while (length < size) {
        const count = readSync(descriptor, buffer, length, size - length, length);
        if (count === 0)
          throw new HostError(`${file.toString()} became shorter while it was read`, {
            code: 'QB-GIT',
            retryable: true,
          });
        length += count;
      }
    } finally {
      closeSync(descriptor);
    }
    return buffer.subarray(0, size);
  };
}

/** `prefix` is what comes before the names of this directory in the index. Undefined where there is no file. */
async function storeLevel(store: Store, directory: Buffer, prefix: Buffer): Promise<Buffer | undefined> {
  const { pack, index, signal, read } = store;
  if (signal.aborted) throw new InterruptedError();
  const entries: TreeEntry[] = [];
  for (const entry of list(directory)) {
    const name = entry.name;
    const full = join(directory, name);
    const inside = Buffer.concat([prefix, name]);
    if (entry.isDirectory()) {
      const id = await storeLevel(store, full, Buffer.concat([inside, Buffer.from('/')]));
      if (id !== undefined) entries.push({ name, mode: directoryMode, id });
    } else if (entry.isFile() || entry.isSymbolicLink()) {
      const stat = lstatSync(full, { bigint: true });
      // Reading at once takes half the time of reading in the background; the pack makes the pauses.
      const content = entry.isFile() ? read(full, Number(stat.size)) : readlinkSync(full, 'buffer');
      const mode = entry.isFile() ? ((stat.mode & 0o100n) === 0n ? 0o100644 : 0o100755) : linkMode;
      const id = await pack.add('blob', content);
      entries.push({ name, mode, id });
      index.add({ name: inside, id, mode, stat });
    }
  }
  return entries.length === 0 ? undefined : pack.add('tree', treeBytes(entries));
}

function list(directory: Buffer): Dirent<Buffer>[] {
  return readdirSync(directory, { encoding: 'buffer', withFileTypes: true });
}

function join(directory: Buffer, name: Buffer): Buffer {
  return Buffer.concat([directory, Buffer.from(path.sep), name]);
}

/** Bytes of a tree object. Git sorts a directory as if its name ended in a slash. */
export function treeBytes(entries: readonly TreeEntry[]): Buffer {
  const key = ({ name, mode }: TreeEntry): Buffer =>
    mode === directoryMode ? Buffer.concat([name, Buffer.from('/')]) : name;
  const sorted = entries
    .map((entry) => ({ entry, sort: key(entry) }))
    .sort((one, other) => Buffer.compare(one.sort, other.sort));
  return Buffer.concat(
    sorted.flatMap(({ entry: { name, mode, id } }) => [
      Buffer.from(`${mode.toString(8)} `),
      name,
      Buffer.from([0]),
      id,
    ]),
  );
}
