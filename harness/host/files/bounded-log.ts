import { open } from 'node:fs/promises';
import path from 'node:path';
import { withHostErrors } from './errors.ts';
import { ensureDirectory } from './write.ts';

export interface BoundedLog {
  write(chunk: Uint8Array): void;
  /** Bytes that were given, also those that are left out. */
  size(): number;
  /** Writes what is kept of the end. Throws HostError when the file could not be written. */
  close(): Promise<void>;
}

/**
 * A log file of a limited size: the beginning goes to the file as it comes; of what follows, the newest bytes are kept
 * in memory and written at the end, after a line that says how much is missing.
 */
export async function createBoundedLog(
  file: string,
  { head = 8 * 1024 * 1024, tail = 1024 * 1024, append: onto = false } = {},
): Promise<BoundedLog> {
  await ensureDirectory(path.dirname(file));
  const handle = await withHostErrors(`write ${file}`, () => open(file, onto ? 'a' : 'w'));
  let size = 0;
  let written = 0;
  let queue: Promise<unknown> = Promise.resolve();
  let failure: unknown;
  let ring: Uint8Array[] = [];
  let ringSize = 0;
  let closed: Promise<void> | undefined;

  const append = (data: Uint8Array): void => {
    queue = queue
      .then(() => (failure === undefined ? handle.write(data) : undefined))
      .catch((error: unknown) => {
        failure ??= error;
      });
  };

  const keep = (data: Uint8Array): void => {
    ring.push(data);
    ringSize += data.length;
    // Twice the tail at most, so that the array is seldom rebuilt.
    if (ringSize < 2 * tail && ring.length < 4096) return;
    const last = Buffer.concat(ring).subarray(-tail);
    ring = [last];
    ringSize = last.length;
  };

  const finish = async (): Promise<void> => {
    const last = Buffer.concat(ring).subarray(-tail);
    const missing = size - written - last.length;
    if (missing > 0) append(Buffer.from(`\n[quiltboot: ${missing} of ${size} bytes of this log are left out here]\n`));
    if (last.length > 0) append(last);
    await queue;
    await handle.close();
    if (failure !== undefined) {
      const problem = failure instanceof Error ? failure : new Error('unknown failure');
      await withHostErrors(`write ${file}`, () => Promise.reject(problem));
    }
  };

  return {
    write(chunk) {
      if (closed) return;
      size += chunk.length;
      const direct = chunk.subarray(0, head - written);
      if (direct.length > 0) append(direct);
      written += direct.length;
      if (direct.length < chunk.length) keep(Buffer.from(chunk.subarray(direct.length)));
    },
    size: () => size,
    close: () => (closed ??= finish()),
  };
}
