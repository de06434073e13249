import path from 'node:path';
import { Parser } from 'tar';
import { UserError } from '../../model/index.ts';

/** A file of an archive, not unpacked anywhere. */
export interface ArchivedFile {
  /** Relative, with `/`, without the directory that holds everything. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** More files nobody has in a queue; a source tree has. */
const mostFiles = 20_000;

/** Archives that are not read, by their first bytes. */
const others: readonly (readonly [start: string, name: string])[] = [
  ['PK\u0003\u0004', 'zip'],
  ['7z\u00bc\u00af', '7z'],
  ['Rar!', 'RAR'],
  ['!<arch>\n', 'ar'],
];

/** Whether a text (one character for each byte) is a tar archive. */
export function isTar(text: string): boolean {
  return text.startsWith('ustar', 257);
}

/** Throws UserError for an archive of a kind that is not read. */
export function refuseOtherArchives(text: string, word: string): void {
  const kind = others.find(([start]) => text.startsWith(start))?.[1];
  if (kind === undefined) return;
  throw new UserError(`${word} is an archive of the kind ${kind}, which is not read`, {
    code: 'QB-IMPORT',
    location: { file: word },
    hint: 'unpack it and give the directory, or pack the patches with tar',
  });
}

/**
 * The plain files of a tar archive by name. Links and devices have no patch in them. Throws UserError for one that is cut,
 * damaged, or has more files than any queue.
 */
export async function readArchive(text: string, word: string): Promise<ArchivedFile[]> {
  const files: { name: string; chunks: Buffer[] }[] = [];
  const damaged = (why: string): UserError =>
    new UserError(`${word} is not a whole tar archive: ${why}`, { code: 'QB-IMPORT', location: { file: word } });
  // What was cut between two entries looks whole; only the mark at the end is missing then.
  if (!text.endsWith('\0'.repeat(1024))) throw damaged('it does not end as one does');
  await new Promise<void>((resolve, reject) => {
    const parser = new Parser({
      strict: true,
      onReadEntry(entry) {
        if (entry.type !== 'File' && entry.type !== 'OldFile' && entry.type !== 'ContiguousFile') {
          entry.resume();
          return;
        }
        if (files.length >= mostFiles) {
          const hint = 'pack the queue or the mails alone';
          reject(new UserError(`${word} holds more than ${mostFiles} files`, { code: 'QB-IMPORT', hint }));
          return;
        }
        const chunks: Buffer[] = [];
        files.push({ name: path.posix.normalize(entry.path).replace(/^\/+/, ''), chunks });
        entry.on('data', (chunk: Buffer) => chunks.push(chunk));
      },
    });
    parser.on('end', () => resolve());
    parser.on('error', (error: Error) => reject(damaged(error.message)));
    parser.end(Buffer.from(text, 'latin1'));
  });
  const top = soleTop(files.map(({ name }) => name));
  return files
    .map(({ name, chunks }) => ({ name: name.slice(top.length), bytes: Buffer.concat(chunks) }))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** The directories, with a slash at the end, in which everything is. */
function soleTop(names: readonly string[]): string {
  let top = '';
  for (;;) {
    const next = /^[^/]+\//.exec(names[0]?.slice(top.length) ?? '')?.[0];
    if (next === undefined || !names.every((name) => name.startsWith(top + next))) return top;
    top += next;
  }
}
