import { mkdtemp, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensureDirectory, withHostErrors } from './files.ts';

/** Runs an action with a new directory below `parent`, and removes that whatever happens. */
export async function withScratch<T>(parent: string, action: (directory: string) => Promise<T>): Promise<T> {
  await ensureDirectory(parent);
  const directory = await withHostErrors(`make a directory in ${parent}`, () =>
    mkdtemp(path.join(parent, '.scratch-')),
  );
  try {
    return await action(directory);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}
