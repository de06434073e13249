import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { withHostErrors } from './errors.ts';
import { exists } from './kind.ts';
import { makeScratch } from './scratch.ts';
import { ensureDirectory, makeDirectories, removeEmpty } from './write.ts';

/** Files that come to a directory all at once, or not at all. */
export interface Stage {
  /** Writes a file that nobody sees yet. */
  write(name: string, data: Uint8Array): Promise<void>;
  /** Moves all of them into the directory, where they replace files of their names. */
  publish(): Promise<void>;
  /** Removes them, and what was made for them. */
  discard(): Promise<void>;
}

/** Others get their turn after so many files. */
const filesInARow = 50;

/**
 * Begins to write many small files into a directory, which need not be there. Waiting for each of them costs several times
 * what writing it does, and a queue has thousands.
 */
export async function openStage(directory: string): Promise<Stage> {
  const parent = path.dirname(path.resolve(directory));
  const made = await withHostErrors(`create ${parent}`, () => makeDirectories(parent));
  const scratch = await makeScratch({ purpose: 'stage', parent });
  // Of the mode that any directory gets; the scratch directory's own is ours alone.
  const files = await ensureDirectory(path.join(scratch.path, 'files'));
  const names: string[] = [];
  return {
    async write(name, data) {
      if (names.length % filesInARow === filesInARow - 1) await setImmediate();
      names.push(name);
      await withHostErrors(`write ${path.join(directory, name)}`, () => {
        writeFileSync(path.join(files, name), data);
        return Promise.resolve();
      });
    },
    async publish() {
      await withHostErrors(`write ${directory}`, async () => {
        if (await exists(directory)) {
          for (const name of names) renameSync(path.join(files, name), path.join(directory, name));
        } else renameSync(files, directory);
        await scratch.remove();
      });
    },
    async discard() {
      await scratch.remove();
      await removeEmpty(made);
    },
  };
}
