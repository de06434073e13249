import { createHash } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import { defined, HostError, type RemoteFile, UserError } from '../../model/index.ts';
import { withHostErrors } from '../files/errors.ts';
import { hashFile } from '../files/hash.ts';
import { exists, isFile } from '../files/kind.ts';
import { withLock } from '../files/lock.ts';
import { readJson } from '../files/read.ts';
import { markUsed } from '../files/usage.ts';
import { userPath } from '../files/user-path.ts';
import { ensureDirectory, writeJson } from '../files/write.ts';
import { DownloadFailure, downloadUrl, type HttpOptions } from './http.ts';

/** A file that is on this machine with the content that was asked for. */
export interface ObtainedFile {
  readonly file: string;
  /** In hex, of the content as it is now. */
  readonly sha256: string;
  readonly url: string;
  /** False for a download that nothing vouches for. */
  readonly verified: boolean;
}

export interface ObtainOptions extends HttpOptions {
  /** Directory in which downloads are kept. */
  readonly downloads: string;
  /** Called when another process downloads the same file. */
  readonly onWait?: (holder: string) => void;
  /** Finds the sum of a file in a signed list, once that list was verified. */
  readonly sumFromList?: (file: RemoteFile, name: string) => Promise<string>;
}

/**
 * Brings a file to this machine: a download (mirrors in order, resumed, kept), or the file itself where its url is a path
 * or begins with `file:`.
 *
 * Its content is verified before it is handed out, also when it was downloaded before. Throws UserError for a local file
 * that is missing or that has another sum than expected, HostError for a failed download or one with the wrong content.
 */
export async function obtainFile(file: RemoteFile, options: ObtainOptions): Promise<ObtainedFile> {
  const [first] = file.urls;
  if (first === undefined) throw new UserError('a file to download has no url');
  const local = localPath(first);
  if (local !== undefined) return obtainLocal(file, local, options);
  const directory = path.join(options.downloads, entryName(file));
  await ensureDirectory(directory);
  const lock = { file: path.join(directory, 'lock'), signal: options.signal, purpose: `downloading ${first}` };
  return withLock({ ...lock, ...defined({ onWait: options.onWait }) }, async () => {
    return (await keptFile(file, directory)) ?? fetchFile(file, directory, options);
  });
}

/**
 * The sum of a file's content as far as it is known without reading or downloading anything big: from the recipe, from
 * an earlier download, or by reading a local file. Undefined when it must be obtained first.
 */
export async function knownSum(file: RemoteFile, downloads: string): Promise<string | undefined> {
  if (file.sha256 !== undefined) return file.sha256.toLowerCase();
  const [first] = file.urls;
  const local = first === undefined ? undefined : localPath(first);
  if (local !== undefined) return (await isFile(local)) ? hashFile(local) : undefined;
  return (await readEntry(path.join(downloads, entryName(file))))?.sha256;
}

/** The path that a url stands for, when it is one of this machine. */
export function localPath(url: string): string | undefined {
  if (url.startsWith('file:')) return fileURLToPath(new URL(url));
  return path.isAbsolute(url) ? url : undefined;
}

async function obtainLocal(file: RemoteFile, local: string, options: ObtainOptions): Promise<ObtainedFile> {
  await userPath('file', { path: local, what: 'file' });
  const sha256 = await hashFile(local);
  const expected = await expectedSum(file, local, options);
  if (expected === undefined || expected === sha256) return { file: local, sha256, url: local, verified: true };
  throw new UserError(`${path.basename(local)} has the wrong content: its sha256 is ${sha256}, expected ${expected}`, {
    location: { file: local },
    hint: 'it is truncated, tampered with, or another version: download it again, or correct the sum in the recipe',
  });
}

async function fetchFile(file: RemoteFile, directory: string, options: ObtainOptions): Promise<ObtainedFile> {
  const failures: { url: string; failure: Error; network: boolean }[] = [];
  const name = path.basename(new URL(file.urls[0] ?? '').pathname) || 'file';
  const target = path.join(directory, name);
  const partial = `${target}.part`;
  const expected = await expectedSum(file, name, options);
  for (const url of file.urls) {
    try {
      await downloadUrl(url, partial, options);
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      failures.push({ url, failure: error, network: error.network });
      continue;
    }
    const sha256 = await hashFile(partial);
    if (expected !== undefined && sha256 !== expected) {
      await rm(partial, { force: true });
      const failure = new Error(`wrong content: its sha256 is ${sha256}, expected ${expected}`);
      failures.push({ url, failure, network: false });
      continue;
    }
    await withHostErrors(`keep ${target}`, () => rename(partial, target));
    await writeJson(path.join(directory, 'entry.json'), { name, sha256, url });
    return { file: target, sha256, url, verified: expected !== undefined };
  }
  const network = failures.some((failure) => failure.network);
  const reasons = failures.map(({ url, failure }) => `${url}: ${failure.message}`);
  throw new HostError(`cannot download ${name}: ${failures.at(-1)?.failure.message ?? 'no url'}`, {
    code: 'QB-DOWNLOAD',
    hint: [...reasons, network ? 'check the network and the proxies (https_proxy), then run again' : '']
      .join('\n')
      .trim(),
    retryable: network,
    cause: failures.at(-1)?.failure,
  });
}

async function expectedSum(file: RemoteFile, name: string, options: ObtainOptions): Promise<string | undefined> {
  if (file.sha256 !== undefined) return file.sha256.toLowerCase();
  return file.checksums === undefined ? undefined : options.sumFromList?.(file, path.basename(name));
}

async function keptFile(wanted: RemoteFile, directory: string): Promise<ObtainedFile | undefined> {
  const entry = await readEntry(directory);
  if (entry === undefined) return undefined;
  const file = path.join(directory, entry.name);
  const sha256 = (await exists(file)) ? await hashFile(file) : '';
  if (sha256 === entry.sha256) {
    await markUsed(directory);
    const verified = wanted.sha256 !== undefined || wanted.checksums !== undefined;
    return { file, sha256, url: entry.url, verified };
  }
  // Changed or cut behind our back: as if it had never been there.
  await rm(file, { force: true });
  await rm(path.join(directory, 'entry.json'), { force: true });
  return undefined;
}

/** What a directory of a download holds. */
const entryShape = z.object({ name: z.string(), sha256: z.string(), url: z.string() });

/** Undefined where there is none that could be used. */
async function readEntry(directory: string): Promise<z.infer<typeof entryShape> | undefined> {
  return entryShape.safeParse(await readJson(path.join(directory, 'entry.json'))).data;
}

/** By content where it is known, else by what was asked for. */
function entryName(file: RemoteFile): string {
  if (file.sha256 !== undefined) return file.sha256.toLowerCase();
  return createHash('sha256')
    .update(JSON.stringify([file.urls[0], file.checksums ?? null]))
    .digest('hex');
}
