import { copyFile, link, lstat, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { HostError } from '../../model/index.ts';
import { copyHostile } from '../files/hostile.ts';
import { HostileFile } from '../files/hostile-errors.ts';
import { isPlainDirectory } from '../files/kind.ts';
import { removePath } from '../files/remove.ts';
import { ensureDirectory, temporaryName } from '../files/write.ts';
import { type Blobs, mostBytes, StoreProblem } from './blobs.ts';

const codeOf = (error: unknown): string | undefined => (error as NodeJS.ErrnoException).code;

/** Throws where a directory of the store is not one, but leads elsewhere. */
async function stayInside(root: string, directory: string): Promise<void> {
  let at = root;
  for (const part of directory.split('/')) {
    at = path.join(at, part);
    await mkdir(at).catch((error: unknown) => {
      if (codeOf(error) !== 'EEXIST') throw error;
    });
    if (!(await isPlainDirectory(at))) throw new StoreProblem(`${at} leads out of the store`, { lost: false });
  }
}

/** A store in a directory that machines have in common. Others may write there, so no link in it is followed. */
export function directoryBlobs(root: string): Blobs {
  return {
    async fetch(name, to) {
      try {
        // A link that leads nowhere is a name too: it is refused, not passed over.
        if ((await lstat(path.join(root, name)).catch(() => undefined)) === undefined) return false;
        await copyHostile({ root, file: name, limit: mostBytes }, to);
        return true;
      } catch (error) {
        if (error instanceof HostileFile) throw new StoreProblem(error.message, { lost: false, cause: error });
        if (error instanceof HostError) throw new StoreProblem(error.message, { lost: true, cause: error });
        throw error;
      }
    },
    async send(name, file) {
      const to = path.join(root, name);
      const temporary = temporaryName(to);
      try {
        await ensureDirectory(root);
        await stayInside(root, path.dirname(name));
        await copyFile(file, temporary);
        // Of two who give the same entry the first one counts.
        await link(temporary, to).catch((error: unknown) => {
          if (codeOf(error) !== 'EEXIST') throw error;
        });
      } catch (error) {
        if (error instanceof StoreProblem) throw error;
        throw new StoreProblem((error as Error).message, { lost: true, cause: error });
      } finally {
        await removePath(temporary).catch(() => undefined);
      }
    },
  };
}
