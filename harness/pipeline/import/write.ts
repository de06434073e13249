import path from 'node:path';
import { exists } from '../../host/files/kind.ts';
import { readText } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import {
  type Assembly,
  coverText,
  type Message,
  patchFileName,
  patchText,
  type RecoveredPatch,
  seriesText,
  toBuffer,
} from '../../import/index.ts';
import { defined, UserError } from '../../model/index.ts';

/** A patch of the queue that was written. */
export interface WrittenPatch {
  readonly file: string;
  readonly title: string;
  /** Number in the series, where it has one. */
  readonly index?: number;
  /** A patch that is not whole stands in the series as a comment. */
  readonly whole: boolean;
}

export interface QueueToWrite {
  /** Absolute. */
  readonly queue: string;
  readonly assembly: Assembly;
  readonly recovered: readonly RecoveredPatch[];
  /** Trailers to add. */
  readonly trailers: ReadonlyMap<Message, readonly string[]>;
  /** Replace a queue that is there. */
  readonly force: boolean;
}

/** Writes the queue: patches, cover letter, and at last the `series` file that makes it one. */
export async function writeQueue({
  queue,
  assembly,
  recovered,
  trailers,
  force,
}: QueueToWrite): Promise<WrittenPatch[]> {
  const series = path.join(queue, 'series');
  const before = await readText(series);
  if (before !== undefined && !force) {
    throw new UserError(`there is a queue in ${queue} already`, {
      hint: 'give the series another name (--name), or replace the queue with --force',
    });
  }
  const names = new Set<string>();
  const written: WrittenPatch[] = [];
  for (const patch of recovered) {
    const { message } = patch;
    const file = patchFileName(message.subject.title, names);
    names.add(file);
    // Nothing of it could be read: there is no file to complete.
    const whole = patch.whole && patch.diff !== '';
    const text = patchText(patch, trailers.get(message) ?? [], message.findings.notes);
    await writeFileAtomic(path.join(queue, file), toBuffer(text));
    written.push({
      file,
      title: message.subject.title,
      whole,
      ...defined({ index: message.subject.index }),
    });
  }
  const cover = path.join(queue, 'cover');
  if (assembly.cover !== undefined) await writeFileAtomic(cover, toBuffer(coverText(assembly.cover)));
  else if (await exists(cover)) await removePath(cover);
  await writeFileAtomic(series, seriesText(assembly.title, written, assembly));
  // Patches of the queue that was there before; other files are the user's.
  for (const line of (before ?? '').split('\n')) {
    const name = /^#? ?([\w.-]+\.patch)(?: |$)/.exec(line)?.[1];
    if (name !== undefined && !names.has(name)) await removePath(path.join(queue, name));
  }
  return written;
}
