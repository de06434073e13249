import path from 'node:path';
import type { ArchivedFile } from '../../host/mail/archive.ts';
import { plainText, readPlainIfThere } from '../../host/mail/plain.ts';

/** Where the files of a queue come from: a directory, or an archive. */
export interface PatchFiles {
  /** The text of a file, one character for each byte, unpacked; undefined when there is none. */
  read(name: string): Promise<string | undefined>;
}

export function filesBelow(directory: string, signal: AbortSignal): PatchFiles {
  return { read: (name) => readPlainIfThere(path.join(directory, name), signal) };
}

/** @param below a directory of the archive, with a slash at its end, or nothing */
export function filesOfArchive(files: readonly ArchivedFile[], below: string, signal: AbortSignal): PatchFiles {
  const byName = new Map(files.map(({ name, bytes }) => [name, bytes]));
  return {
    async read(name) {
      const bytes = byName.get(path.posix.normalize(below + name));
      return bytes === undefined ? undefined : plainText(bytes, name, signal);
    },
  };
}
