import { lchown, mkdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { withHostErrors } from '../files/errors.ts';
import { makeScratch } from '../files/scratch.ts';
import { roomMode } from './room-mode.ts';

/** A directory that we share with one QEMU. */
export interface GuestDirectory {
  /** Absolute; QEMU may make files here, and name them as it likes. */
  readonly path: string;
  /** Absolute, in a place that QEMU doesn't see; not made yet. */
  readonly private: string;
  remove(): Promise<void>;
}

/**
 * A new directory for sockets and small files, which belongs to the user that QEMU runs as. It lies in one of ours, by
 * which it is found when we are killed. The path of a socket may have 107 bytes, and the temporary directory may be deep.
 */
export async function guestDirectory(): Promise<GuestDirectory> {
  const scratch = await makeScratch({ purpose: 's', parent: tmpdir().length > 50 ? '/tmp' : tmpdir() });
  const shared = path.join(scratch.path, 'g');
  const { mode } = await roomMode();
  await withHostErrors(`create ${shared}`, async () => {
    await mkdir(shared, 0o700);
    if (mode?.user !== undefined) await lchown(shared, mode.user, mode.user);
  });
  return { path: shared, private: path.join(scratch.path, 'own'), remove: () => scratch.remove() };
}
