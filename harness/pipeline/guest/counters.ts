import { type Guest, GuestErrno } from '../../model/index.ts';

const debugfs = '/sys/kernel/debug';
const counters = `${debugfs}/gcov`;
/** Bytes of the counters of one object: a hundred times what the largest of a kernel have. */
const largest = 2 ** 22;

/** Where the kernel of a guest shows the counters of an object; `file` is its absolute path for the compiler. */
function placeOf(file: string): string {
  return `${counters}${file}`;
}

async function readOne(guest: Guest, file: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await guest.readBytes(placeOf(file));
    return bytes.length > largest ? undefined : bytes;
  } catch (error) {
    // A module that is not loaded has none.
    if (error instanceof GuestErrno && error.errno === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Reads the counters of some objects out of a guest, by calls of its agent alone: a program would execute more of the kernel.
 * The file system is mounted for that long only, since suites look at what is mounted.
 *
 * @param files as the compiler named them: `/build/kernel/fork.gcda`
 * @returns the bytes of each, undefined for one that the kernel does not have; undefined where the guest cannot be asked
 */
export async function readCounters(
  guest: Guest,
  files: readonly string[],
): Promise<readonly (Uint8Array | undefined)[] | undefined> {
  if (guest.ended() !== undefined) return undefined;
  try {
    const isMounted = await guest.exists(counters);
    if (!isMounted) await guest.mount({ type: 'debugfs', source: 'debugfs', target: debugfs });
    try {
      if (!(await guest.exists(counters))) return undefined;
      const found: (Uint8Array | undefined)[] = [];
      for (const file of files) found.push(await readOne(guest, file));
      return found;
    } finally {
      if (!isMounted) await guest.umount(debugfs);
    }
  } catch {
    return undefined;
  }
}
