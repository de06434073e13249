import path from 'node:path';
import {
  type Keep,
  keepInMemory,
  type MailMessage,
  packMessage,
  readSeriesFile,
  readSource,
  type SeriesLine,
} from '../../import/index.ts';
import { UserError } from '../../model/index.ts';
import type { PatchFiles } from './patch-files.ts';

/**
 * The patches of a quilt queue in the order of its `series` file, each with the options that stand there. Compressed ones
 * are unpacked.
 *
 * Throws UserError, with the line, for a patch that is not there or there twice, and for an option that can't be obeyed.
 *
 * @param word the queue as the user named it
 */
export async function readQuilt(files: PatchFiles, word: string, keep: Keep = keepInMemory): Promise<MailMessage[]> {
  const messages: MailMessage[] = [];
  const series = path.join(word, 'series');
  const lines = new Map<string, number>();
  for (const entry of readSeriesFile((await files.read('series')) ?? '')) {
    const { name, line, strip, reverse, unknown } = entry;
    const location = { file: series, line };
    if (unknown.length > 0) {
      throw new UserError(`option ${unknown.join(' ')} of patch ${name} is not known`, {
        code: 'QB-NAME',
        location,
        hint: 'expected -pN or -R after the name of a patch',
      });
    }
    const key = `${name} ${reverse}`;
    const before = lines.get(key);
    lines.set(key, line);
    if (before !== undefined) {
      throw new UserError(`patch ${name} is named twice, in the lines ${before} and ${line}`, {
        code: 'QB-IMPORT',
        location,
        hint: 'expected each patch once, or once more with -R: take one of the lines out',
      });
    }
    const text = await textOf(files, word, entry);
    const options = { ...(strip === undefined ? {} : { strip }), ...(reverse ? { reverse } : {}) };
    for (const message of readSource(path.join(word, name), text))
      messages.push(packMessage({ ...message, ...options }, keep));
  }
  if (messages.length === 0)
    throw new UserError(`${series} names no patch`, {
      code: 'QB-IMPORT',
      hint: 'expected the name of a patch on each line',
    });
  return messages;
}

async function textOf(files: PatchFiles, word: string, { name, line }: SeriesLine): Promise<string> {
  const outside = path.isAbsolute(name) || path.normalize(name).startsWith('..');
  // The name stays in the series when a patch gets compressed.
  for (const ending of outside ? [] : ['', '.gz', '.xz', '.bz2', '.zst']) {
    const text = await files.read(name + ending);
    if (text !== undefined) return text;
  }
  throw new UserError(`patch ${name} is not in ${word}`, {
    code: 'QB-IMPORT',
    location: { file: path.join(word, 'series'), line },
    hint: 'the series file names it; expected each patch beside it',
  });
}
