import path from 'node:path';
import { HostError, UserError } from '../../model/index.ts';
import { DownloadFailure, downloadUrl } from '../fetch/http.ts';
import { withScratch } from '../files/scratch.ts';
import { readPlainMail } from './plain.ts';

/**
 * Downloads a page, a mail or a thread; resolves with its text, one character for each byte.
 *
 * Throws HostError where the network fails and UserError where the server has no such thing.
 */
export async function downloadText(url: string, hint: string, signal: AbortSignal): Promise<string> {
  return withScratch({ purpose: 'mail' }, async (scratch) => {
    const file = path.join(scratch, 'source');
    try {
      await downloadUrl(url, file, { signal });
    } catch (error) {
      if (!(error instanceof DownloadFailure)) throw error;
      if (error.network)
        throw new HostError(`cannot download ${url}: ${error.message}`, { cause: error, retryable: true });
      throw new UserError(`cannot download ${url}: ${error.message}`, { code: 'QB-IMPORT', cause: error, hint });
    }
    return readPlainMail(file, signal);
  });
}
