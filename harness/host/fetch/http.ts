import { open, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type * as undici from 'undici';
import * as z from 'zod';
import { freeSpaceHint, HostError, InterruptedError } from '../../model/index.ts';
import { createMeter, type DownloadBounds, downloadBounds, redirection } from './bounds.ts';

export interface HttpOptions {
  readonly signal: AbortSignal;
  /** Called now and then: bytes so far, and of how many where the server says so. */
  readonly onProgress?: (received: number, total: number | undefined) => void;
  /** Pause before the second try; it doubles with each further one. 500 when not given. */
  readonly retryDelayMs?: number;
  readonly bounds?: DownloadBounds;
}

const tries = 5;
const redirections = 5;
const redirects = new Set([301, 302, 303, 307, 308]);

/** Why a url gave nothing. */
export class DownloadFailure extends Error {
  /** Whether the network (not the server's answer) is to blame. */
  readonly network: boolean;

  constructor(message: string, network: boolean, options?: ErrorOptions) {
    super(message, options);
    this.name = 'DownloadFailure';
    this.network = network;
  }
}

let dispatcher: undici.Dispatcher | undefined;

/** What sends requests, loaded when the first is sent: it would be a sixth of every start of the program. */
export async function httpClient(): Promise<
  Pick<typeof undici, 'request'> & { readonly dispatcher: undici.Dispatcher }
> {
  const { EnvHttpProxyAgent, request } = await import('undici');
  // Proxies come from the environment (http_proxy, https_proxy, no_proxy).
  dispatcher ??= new EnvHttpProxyAgent({
    headersTimeout: 30_000,
    bodyTimeout: 60_000,
    connectTimeout: 15_000,
    // Many proxies tunnel to https only; plain http is asked of the proxy itself.
    proxyTunnel: false,
  });
  return { request, dispatcher };
}

/**
 * Downloads a url to `file`, resuming after what is there already from an interrupted try of the same url.
 *
 * Throws {@link DownloadFailure} after some tries, HostError when the file can't be written, InterruptedError.
 */
export async function downloadUrl(url: string, file: string, options: HttpOptions): Promise<void> {
  const { signal } = options;
  for (let attempt = 1; ; attempt++) {
    try {
      await attemptDownload(url, file, options);
      await rm(`${file}.state`, { force: true });
      return;
    } catch (error) {
      stopIfAborted(signal);
      const failure = classify(error, file);
      // What can't be continued only takes room: a file without an end, a full disk.
      if (!(failure instanceof DownloadFailure) || !failure.network) await rm(file, { force: true });
      if (!(failure instanceof DownloadFailure) || !failure.network || attempt >= tries) throw failure;
      await delay((options.retryDelayMs ?? 500) * 2 ** (attempt - 1), undefined, { signal }).catch(() => undefined);
      stopIfAborted(signal);
    }
  }
}

function stopIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new InterruptedError();
}

async function attemptDownload(url: string, file: string, options: HttpOptions): Promise<void> {
  const { signal, onProgress, bounds = downloadBounds } = options;
  const partial = await partialOf(url, file);
  const headers = partial === undefined ? {} : { range: `bytes=${partial.bytes}-`, 'if-range': partial.validator };
  const response = await ask(url, headers, signal);
  const { statusCode } = response;
  const resumed = statusCode === 206 && rangeStart(response.headers['content-range']) === partial?.bytes;
  if (statusCode !== 200 && !resumed) {
    await response.body.dump();
    await rm(file, { force: true });
    const again = statusCode >= 500 || [206, 408, 416, 425, 429].includes(statusCode);
    throw new DownloadFailure(`the server answers ${statusCode}`, again);
  }
  const start = resumed ? (partial?.bytes ?? 0) : 0;
  const length = Number(response.headers['content-length'] ?? Number.NaN);
  const total = Number.isNaN(length) ? undefined : start + length;
  const validator = response.headers.etag ?? response.headers['last-modified'];
  if (!resumed) {
    // Without a validator nothing proves that the rest belongs to the same file.
    const known = typeof validator === 'string' && !validator.startsWith('W/');
    if (known) await writeFile(`${file}.state`, JSON.stringify({ url, validator }));
    else await rm(`${file}.state`, { force: true });
  }
  let received = start;
  const meter = createMeter(bounds, start, performance.now());
  const stop = new AbortController();
  const giveUp = (problem: string | undefined): void => {
    if (problem !== undefined) stop.abort(new DownloadFailure(problem, false));
  };
  if (total !== undefined && total > bounds.bytes) giveUp(meter.problem(total, performance.now()));
  const watch = setInterval(() => giveUp(meter.problem(received, performance.now())), bounds.slowest.ms / 2);
  stop.signal.addEventListener('abort', () => response.body.destroy(stop.signal.reason as Error), { once: true });
  const handle = await open(file, resumed ? 'a' : 'w');
  try {
    // Each piece is in the file before the next is read, so that a broken connection loses nothing.
    for await (const chunk of response.body as AsyncIterable<Buffer>) {
      await handle.appendFile(chunk);
      received += chunk.length;
      onProgress?.(received, total);
      giveUp(meter.problem(received, performance.now()));
      stop.signal.throwIfAborted();
    }
    stop.signal.throwIfAborted();
  } catch (error) {
    throw stop.signal.aborted ? stop.signal.reason : error;
  } finally {
    clearInterval(watch);
    await handle.close();
  }
  if (total !== undefined && received !== total) {
    throw new DownloadFailure(`the connection ended after ${received} of ${total} bytes`, true);
  }
}

/** Sends a request and follows redirections that are safe to follow. */
async function ask(
  url: string,
  headers: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<undici.Dispatcher.ResponseData> {
  const { request, dispatcher } = await httpClient();
  let at = url;
  for (let step = 0; ; step += 1) {
    const response = await request(at, { dispatcher, signal, headers });
    const { location } = response.headers;
    if (!redirects.has(response.statusCode) || typeof location !== 'string') return response;
    await response.body.dump();
    if (step === redirections) throw new DownloadFailure(`the server redirects more than ${redirections} times`, false);
    const next = redirection(at, location);
    if ('refused' in next) throw new DownloadFailure(next.refused, false);
    at = next.url;
  }
}

/** What a part of a download belongs to. */
const stateShape = z.object({ url: z.string(), validator: z.string() });

async function partialOf(url: string, file: string): Promise<{ bytes: number; validator: string } | undefined> {
  try {
    const state = stateShape.parse(JSON.parse(await readFile(`${file}.state`, 'utf8')));
    const { size } = await stat(file);
    if (state.url !== url || size === 0) return undefined;
    return { bytes: size, validator: state.validator };
  } catch {
    return undefined;
  }
}

function rangeStart(header: string | string[] | undefined): number | undefined {
  const start = /^bytes (\d+)-/.exec(String(header))?.[1];
  return start === undefined ? undefined : Number(start);
}

const diskErrors = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS', 'EACCES', 'EIO'];

function classify(error: unknown, file: string): Error {
  if (error instanceof DownloadFailure || error instanceof HostError) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code !== undefined && diskErrors.includes(code)) {
    const full = code === 'EACCES' || code === 'EROFS' ? message : 'no space left on the device';
    return new HostError(`cannot write ${file}: ${full}`, {
      code: 'QB-DOWNLOAD',
      cause: error,
      hint: freeSpaceHint,
    });
  }
  return new DownloadFailure(describeNetworkError(code, message), true, { cause: error });
}

function describeNetworkError(code: string | undefined, message: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `no such host, or no network: ${message}`;
  if (code === 'ECONNREFUSED') return 'the server refuses the connection';
  return message === '' ? (code ?? 'unknown network error') : message;
}
