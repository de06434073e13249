import { readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { HostError, UserError } from '../../model/index.ts';
import { compressionOf, decompressFile } from '../fetch/archive.ts';
import { DownloadFailure, downloadUrl } from '../fetch/http.ts';
import { withHostErrors } from '../files/errors.ts';
import { exists, isDirectory } from '../files/kind.ts';
import { listDirectory } from '../files/list.ts';
import { withScratch } from '../files/scratch.ts';
import { formatPatches, type MailFile, type MailSourceOptions } from './git.ts';

/** Node's strings can't hold more; nobody's thread does. */
const largestBytes = 400 * 2 ** 20;

/** Whether a word is a message id, perhaps with the list in front: `20070720@host`, `<id@host>`, `linux-mm/id@host`. */
function asMessageId(word: string): { readonly list: string; readonly id: string } | undefined {
  const match = /^(?:([\w.-]+)\/)?<?([^\s<>/]+@[^\s<>/@]+)>?$/.exec(word.replace(/^lore:/, ''));
  return match?.[2] === undefined ? undefined : { list: match[1] ?? 'all', id: match[2] };
}

/**
 * Reads what a word names: a file, a maildir, a directory of patches (in the order of its `series` file where it has
 * one), `git:PATH#A..B`, a URL, a message id. Compressed files are unpacked.
 *
 * Throws UserError for what is not there, HostError for a failed download.
 */
export async function readMailSource(word: string, options: MailSourceOptions): Promise<MailFile[]> {
  if (word.startsWith('git:')) return formatPatches(word, options);
  if (/^https?:\/\//.test(word)) return [await download(threadUrl(word, options.lore), word, options)];
  const file = path.resolve(options.cwd, word.replace(/^file:(?:\/\/)?/, ''));
  if (await isDirectory(file)) return readDirectory(file, word, options.signal);
  if (await exists(file)) return [{ name: word, text: await readPlain(file, options.signal) }];
  const message = asMessageId(word);
  if (message !== undefined) {
    const url = `${options.lore.replace(/\/$/, '')}/${message.list}/${encodeURIComponent(message.id)}/t.mbox.gz`;
    return [await download(url, word, options)];
  }
  throw new UserError(`there is no ${word}`, {
    hint: 'expected an mbox, a mail, a patch, a saved page, a maildir, git:PATH#A..B, a URL or a message id',
  });
}

/** The archive's page of a message stands for its thread. */
function threadUrl(url: string, lore: string): string {
  const plain = url.replace(/#.*$/, '');
  const ofArchive = plain.startsWith(`${lore.replace(/\/$/, '')}/`) || /^https?:\/\/lore\.kernel\.org\//.test(plain);
  const message = /^(https?:\/\/[^/]+\/[^/]+\/[^/]*(?:@|%40)[^/]*)\/?(?:(?:T|t)\/?)?$/.exec(plain)?.[1];
  return ofArchive && message !== undefined ? `${message}/t.mbox.gz` : plain;
}

async function download(url: string, word: string, { signal }: MailSourceOptions): Promise<MailFile> {
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const file = path.join(scratch, 'source');
    try {
      await downloadUrl(url, file, { signal });
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      if (error.network)
        throw new HostError(`cannot download ${url}: ${error.message}`, { cause: error, retryable: true });
      throw new UserError(`cannot download ${url}: ${error.message}`, {
        cause: error,
        hint: 'look at the address in a browser; a message id may need its list in front: linux-mm/ID@HOST',
      });
    }
    return { name: word, text: await readPlain(file, signal) };
  });
}

async function readPlain(file: string, signal: AbortSignal): Promise<string> {
  const { size } = await withHostErrors(`read ${file}`, () => stat(file));
  if (size > largestBytes) throw tooLarge(file);
  const compression = size === 0 ? 'none' : await compressionOf(file);
  const bytes = await withHostErrors(`read ${file}`, () => readFile(file));
  if (compression === 'none') return bytes.toString('latin1');
  if (compression === 'gzip') {
    try {
      return gunzipSync(bytes, { maxOutputLength: largestBytes }).toString('latin1');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(file);
      throw new UserError(`${path.basename(file)} is damaged: ${(error as Error).message}`, {
        location: { file },
        cause: error,
      });
    }
  }
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const plain = path.join(scratch, 'plain');
    await decompressFile(file, plain, signal);
    return readPlain(plain, signal);
  });
}

function tooLarge(file: string): UserError {
  return new UserError(`${path.basename(file)} is too large: more than ${largestBytes / 2 ** 20} MiB`, {
    location: { file },
    hint: 'cut the thread out of it first, for instance with: formail, mutt or b4',
  });
}

async function readDirectory(directory: string, word: string, signal: AbortSignal): Promise<MailFile[]> {
  const names = await listDirectory(directory);
  const read = async (name: string): Promise<MailFile> => ({
    name: path.join(word, name),
    text: await readPlain(path.join(directory, name), signal),
  });
  if (names.includes('series')) return readQueue(directory, word, read);
  const maildir = names.includes('cur') || names.includes('new');
  const folders = maildir ? ['cur', 'new'].filter((name) => names.includes(name)) : ['.'];
  const files: MailFile[] = [];
  for (const folder of folders) {
    for (const name of await listDirectory(path.join(directory, folder))) {
      const relative = path.join(folder, name);
      if (name.startsWith('.') || (await isDirectory(path.join(directory, relative)))) continue;
      files.push(await read(relative));
    }
  }
  if (files.length === 0) {
    throw new UserError(`there is no file in ${word}`, {
      hint: 'expected a maildir, or a directory of mails or patches',
    });
  }
  return files;
}

async function readQueue(
  directory: string,
  word: string,
  read: (name: string) => Promise<MailFile>,
): Promise<MailFile[]> {
  const text = await withHostErrors(`read ${word}/series`, () => readFile(path.join(directory, 'series'), 'utf8'));
  const files: MailFile[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    const name =
      line
        .replace(/(^|\s)#.*$/, '')
        .trim()
        .split(/\s/)[0] ?? '';
    if (name === '') continue;
    const outside = path.relative(directory, path.resolve(directory, name)).startsWith('..');
    if (outside || !(await exists(path.join(directory, name)))) {
      throw new UserError(`patch ${name} is not in ${word}`, {
        location: { file: path.join(word, 'series'), line: index + 1 },
        hint: 'the series file names it; expected each patch beside it',
      });
    }
    files.push(await read(name));
  }
  return files;
}
