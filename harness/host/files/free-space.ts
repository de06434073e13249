import { statfs } from 'node:fs/promises';
import { freeSpaceHint, HostError } from '../../model/index.ts';
import { withHostErrors } from './errors.ts';

/**
 * Checks that a directory still has room for so many bytes, after a tool wrote there that says nothing of what it could not
 * write.
 *
 * @throws HostError when it has not
 */
export async function mustHaveRoom(directory: string, bytes: number): Promise<void> {
  if (await hasRoom(directory, bytes)) return;
  throw new HostError(`cannot write in ${directory}: the disk is full`, { code: 'QB-DISK', hint: freeSpaceHint });
}

/** Whether a directory has room for so many bytes. Throws HostError where nobody can look. */
export async function hasRoom(directory: string, bytes: number): Promise<boolean> {
  const { bavail, bsize } = await withHostErrors(`look at ${directory}`, () => statfs(directory));
  return bavail * bsize >= bytes;
}
