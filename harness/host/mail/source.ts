import path from 'node:path';
import { UserError } from '../../model/index.ts';
import { isDirectory } from '../files/kind.ts';
import { listDirectory } from '../files/list.ts';
import { readPlainMail } from './plain.ts';

/** A file with mails or patches in it. */
export interface MailFile {
  /** For messages to the user. */
  readonly name: string;
  /** One character for each byte. */
  readonly text: string;
}

/**
 * The files of a maildir or of a directory of mails or patches, by name. Throws UserError where there is none.
 *
 * @param word the directory as the user named it
 */
export async function* readMailDirectory(
  directory: string,
  word: string,
  signal: AbortSignal,
): AsyncGenerator<MailFile> {
  const names = await listDirectory(directory);
  const maildir = names.includes('cur') || names.includes('new');
  const folders = maildir ? ['cur', 'new'].filter((name) => names.includes(name)) : ['.'];
  let count = 0;
  for (const folder of folders) {
    for (const name of await listDirectory(path.join(directory, folder))) {
      const relative = path.join(folder, name);
      if (isAside(name) || (await isDirectory(path.join(directory, relative)))) continue;
      count++;
      yield { name: path.join(word, relative), text: await readPlainMail(path.join(directory, relative), signal) };
    }
  }
  if (count === 0) {
    throw new UserError(`there is no file in ${word}`, {
      code: 'QB-PATH',
      hint: 'expected a maildir, or a directory of mails or patches',
    });
  }
}

/** Whether a file of a directory is none of its mails or patches: an editor's copy of a patch is not another one. */
export function isAside(name: string): boolean {
  return name.startsWith('.') || /(?:~|\.orig|\.rej|\.sw[op])$/.test(name);
}
