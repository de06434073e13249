import { readText } from '../../host/files/read.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { runProcess } from '../../host/process.ts';
import { digestCommand, usedFiles } from '../../make/index.ts';
import type { Context } from '../../model/index.ts';
import type { BuildRoom } from './room.ts';

/** Name of the list of files that a kernel was made with, in its store entry. */
export const usedFilesName = 'used-files';
/** Most time that reading the records of a build may take, in milliseconds. */
const digestMs = 120_000;

/**
 * Keeps the list of files that a kernel was made with, as the records of its build tell; an empty one where they can't be
 * read. The records are read where the build ran: a patch may have made anything of them.
 */
export async function keepUsedFiles(room: BuildRoom, file: string, { signal }: Context): Promise<void> {
  const argv = await room.wrap(digestCommand(room.places.directory));
  const { exitCode, stdout } = await runProcess({ argv, timeoutMs: digestMs, signal });
  const told = exitCode === 0 ? stdout : '';
  await writeFileAtomic(
    file,
    usedFiles(told, room.places.worktree)
      .map((one) => `${one}\n`)
      .join(''),
  );
}

/** The list that a build has kept; undefined where it has none. */
export async function readUsedFiles(file: string | undefined): Promise<ReadonlySet<string> | undefined> {
  const text = file === undefined ? undefined : await readText(file);
  return text === undefined ? undefined : new Set(text.split('\n').filter(Boolean));
}
