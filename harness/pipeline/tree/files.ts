import path from 'node:path';
import { localPath, type ObtainedFile, type ObtainOptions, obtainFile } from '../../host/fetch/download.ts';
import { downloadUrl } from '../../host/fetch/http.ts';
import { verifySignedFile } from '../../host/fetch/signature.ts';
import { withScratch } from '../../host/files/scratch.ts';
import { userPath } from '../../host/files/user-path.ts';
import { type Context, HostError, type RemoteFile, suggest, UserError } from '../../model/index.ts';
import { isTrusted, parseChecksums, validSigners } from '../../tree/checksums.ts';
import { waiting } from '../locked.ts';

/** Brings a file of a recipe to this machine, verified, with progress and notes as events. */
export async function obtain(file: RemoteFile, context: Context): Promise<ObtainedFile> {
  const { signal, emit } = context;
  const name = path.basename(file.urls[0] ?? '');
  let said = -1;
  const options: ObtainOptions = {
    downloads: context.cache.downloads,
    signal,
    onProgress(received, total) {
      const mebibytes = Math.floor(received / 2 ** 20);
      if (mebibytes === said) return;
      said = mebibytes;
      const fraction = total === undefined ? {} : { fraction: received / total };
      emit({ type: 'stage-progress', stage: 'fetch', text: `downloading ${name}: ${mebibytes} MiB`, ...fraction });
    },
    onWait: waiting(context),
    sumFromList: (wanted, listed) => sumFromSignedList(wanted, listed, signal),
  };
  const obtained = await obtainFile(file, options);
  if (!obtained.verified) {
    const text = `${obtained.url} is unverified; pin it with sha256: ${obtained.sha256}`;
    emit({ type: 'note', level: 'warning', text });
  }
  return obtained;
}

/** The sum that a signed list gives a file. The list is always read anew: it grows with each release. */
async function sumFromSignedList(file: RemoteFile, name: string, signal: AbortSignal): Promise<string> {
  const { urls = [], keyring, fingerprints = [] } = file.checksums ?? {};
  if (keyring === undefined || fingerprints.length === 0) {
    throw new UserError(`the checksum list of ${name} can't be trusted without a keyring and fingerprints`, {
      hint: 'name the keyring file and the fingerprints of the keys that may sign the list, or give a sha256 instead',
    });
  }
  return withScratch({ purpose: 'sums' }, async (scratch) => {
    const list = await readList(urls, scratch, signal);
    const { text, status } = await verifySignedFile(list, keyring, signal);
    const signers = validSigners(status);
    if (!isTrusted(signers, fingerprints)) {
      throw new UserError(`the checksum list of ${name} is signed by ${signers[0] ?? 'nobody'}, who is not trusted`, {
        hint: `trusted: ${fingerprints.join(', ')}`,
      });
    }
    const sums = parseChecksums(text);
    const sum = sums.get(name);
    if (sum !== undefined) return sum;
    throw new UserError(`the signed checksum list has no sum for ${name}`, { hint: suggest(name, sums.keys()) });
  });
}

async function readList(urls: readonly string[], scratch: string, signal: AbortSignal): Promise<string> {
  const reasons: string[] = [];
  for (const url of urls) {
    const local = localPath(url);
    if (local !== undefined) {
      return await userPath('file', { path: local, what: 'checksum list' });
    }
    const file = path.join(scratch, 'list');
    try {
      await downloadUrl(url, file, { signal });
      return file;
    } catch (error) {
      if (!(error instanceof Error) || error.name !== 'DownloadFailure') throw error;
      reasons.push(`${url}: ${error.message}`);
    }
  }
  throw new HostError('cannot download the checksum list', {
    code: 'QB-DOWNLOAD',
    hint: reasons.join('\n'),
    retryable: true,
  });
}
