import path from 'node:path';
import { exists } from '../../host/files/kind.ts';
import { readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { openStage } from '../../host/files/stage.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import {
  type Assembly,
  coverText,
  patchFileName,
  patchText,
  type RecoveredPatch,
  seriesText,
  toBuffer,
} from '../../import/index.ts';
import { UserError, type WrittenPatch } from '../../model/index.ts';

export interface QueuePlace {
  /** Absolute. */
  readonly queue: string;
  /** Replace a queue that is there. */
  readonly force: boolean;
}

/** A queue that is being written: patches one after the other, which appear together with the `series` file. */
export interface QueueWriter {
  /** Writes a patch, with trailers that it is given. */
  add(patch: RecoveredPatch, trailers: readonly string[]): Promise<void>;
  /** Writes the cover letter and the `series` file, and removes what is left of the queue that was there before. */
  finish(assembly: Assembly): Promise<readonly WrittenPatch[]>;
  /** Leaves everything as it was before. */
  discard(): Promise<void>;
}

/** Begins a queue. Throws UserError when there is one already and it is not to be replaced. */
export async function openQueue({ queue, force }: QueuePlace): Promise<QueueWriter> {
  const series = path.join(queue, 'series');
  const before = await readText(series);
  if (before !== undefined && !force) {
    throw new UserError(`there is a queue in ${queue} already`, {
      code: 'QB-IMPORT',
      hint: 'give the series another name (--name), or replace the queue with --force',
    });
  }
  const names = new Set<string>();
  const written: WrittenPatch[] = [];
  const stage = await openStage(queue);
  return {
    async add(patch, trailers) {
      const { message } = patch;
      const file = patchFileName(message.subject.title, names);
      names.add(file);
      // Nothing of it could be read: there is no file to complete.
      const whole = patch.whole && patch.diff !== '';
      await stage.write(file, toBuffer(patchText(patch, trailers, message.findings.notes)));
      written.push({
        file,
        title: message.subject.title,
        whole,
        ...(message.subject.index === undefined ? {} : { index: message.subject.index }),
      });
    },
    async finish(assembly) {
      await stage.publish();
      const cover = path.join(queue, 'cover');
      if (assembly.cover !== undefined) await writeFileAtomic(cover, toBuffer(coverText(assembly.cover)));
      else if (await exists(cover)) await removePath(cover);
      await writeFileAtomic(series, seriesText(assembly.title, written, assembly));
      await removeLeft(queue, before ?? '', names);
      return written;
    },
    discard: () => stage.discard(),
  };
}

/** Removes patches of the queue that was there before; other files are the user's. */
async function removeLeft(queue: string, before: string, names: ReadonlySet<string>): Promise<void> {
  for (const line of before.split('\n')) {
    const name = /^#? ?([\w.-]+\.patch)(?: |$)/.exec(line)?.[1];
    if (name !== undefined && !names.has(name)) await removePath(path.join(queue, name));
  }
}
