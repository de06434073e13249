import { rm } from 'node:fs/promises';
import { withHostErrors } from './errors.ts';

/** Removes a file or a whole directory; one that is not there is fine. */
export async function removePath(name: string): Promise<void> {
  await withHostErrors(`remove ${name}`, () => rm(name, { recursive: true, force: true }));
}
