import { createReadStream, createWriteStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { InterruptedError } from '../../model/index.ts';
import { httpClient } from '../fetch/http.ts';
import { type Blobs, mostBytes, StoreProblem } from './blobs.ts';

const tries = 3;

interface Answer {
  readonly statusCode: number;
  readonly body: NodeJS.ReadableStream & { dump(): Promise<void> };
}

function refused(url: string, status: number): StoreProblem {
  const moved = status >= 300 && status < 400;
  const text = moved
    ? `${url} leads out of the store: the server redirects (${status})`
    : `${url}: the server answers ${status}`;
  return new StoreProblem(text, { lost: !moved });
}

/** Ends a stream that is longer than an entry may be. */
function bounded(url: string): Transform {
  let received = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      received += chunk.length;
      if (received > mostBytes) done(new StoreProblem(`${url} has more than ${mostBytes} bytes`, { lost: false }));
      else done(null, chunk);
    },
  });
}

/** A store below an address: GET reads, for which any web server does; PUT writes, as WebDAV has it. */
export function webBlobs(address: string, signal: AbortSignal): Blobs {
  const base = address.replace(/\/*$/, '/');
  const ask = async (
    method: 'GET' | 'HEAD' | 'PUT',
    url: string,
    sent?: { readonly file: string; readonly bytes: number },
  ): Promise<Answer> => {
    const { request, dispatcher } = await httpClient();
    return await request(url, {
      ...{ method, dispatcher, signal },
      ...(sent && {
        body: createReadStream(sent.file),
        headers: { 'content-length': String(sent.bytes), 'if-none-match': '*' },
      }),
    });
  };
  /** Again where the network fails or the server is busy. */
  const persist = async <T>(url: string, action: () => Promise<T | number>): Promise<T> => {
    for (let count = 1; ; count += 1) {
      let problem: StoreProblem;
      try {
        const done = await action();
        if (typeof done !== 'number') return done;
        if (done < 500 && done !== 429) throw refused(url, done);
        problem = refused(url, done);
      } catch (error) {
        if (signal.aborted) throw new InterruptedError();
        if (error instanceof StoreProblem) throw error;
        problem = new StoreProblem(`${url}: ${(error as Error).message}`, { lost: true, cause: error });
      }
      if (count === tries) throw problem;
      await delay(250 * 2 ** count, undefined, { signal }).catch(() => undefined);
      if (signal.aborted) throw new InterruptedError();
    }
  };
  return {
    async fetch(name, to) {
      const url = base + name;
      return await persist(url, async () => {
        const { statusCode, body } = await ask('GET', url);
        if (statusCode === 200) {
          await pipeline(body, bounded(url), createWriteStream(to));
          return true;
        }
        await body.dump();
        return statusCode === 404 || statusCode === 410 ? false : statusCode;
      });
    },
    async send(name, file) {
      const url = base + name;
      await persist(url, async () => {
        const there = await ask('HEAD', url);
        await there.body.dump();
        if (there.statusCode === 200) return true;
        const { statusCode, body } = await ask('PUT', url, { file, bytes: (await stat(file)).size });
        await body.dump();
        // 412: somebody was faster, and the first one counts.
        return (statusCode >= 200 && statusCode < 300) || statusCode === 412 ? true : statusCode;
      });
    },
  };
}
