import { setTimeout as delay } from 'node:timers/promises';
import { HostError, InterruptedError } from '../../model/index.ts';
import { httpClient } from './http.ts';

/** A request to a server that speaks JSON. */
export interface JsonRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface JsonAnswer {
  readonly status: number;
  /** Undefined where the answer is no JSON. */
  readonly value: unknown;
}

export interface JsonOptions {
  readonly signal: AbortSignal;
  /** Pause before the second try; it doubles with each further one. */
  readonly retryDelayMs?: number;
}

const tries = 4;
/** What an answer may have, in bytes. */
const mostBytes = 8 * 1024 * 1024;

async function readBody(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let size = 0;
  for await (const part of body) {
    size += part.length;
    if (size > mostBytes) throw new Error(`the answer has more than ${mostBytes} bytes`);
    parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

async function attempt({ method, url, headers, body }: JsonRequest, signal: AbortSignal): Promise<JsonAnswer> {
  const { request, dispatcher } = await httpClient();
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const answer = await request(url, {
    method,
    dispatcher,
    signal,
    headers: {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...sent,
  });
  return { status: answer.statusCode, value: parsed(await readBody(answer.body)) };
}

function mayPass(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/**
 * Asks a server, and again where it is busy or the network fails. What it refuses is an answer like any other.
 *
 * @param done looks, before a request that changes something is sent again, whether the last one did after all
 * @throws HostError when no try had an answer, InterruptedError
 */
export async function askJson(
  request: JsonRequest,
  { signal, retryDelayMs = 500 }: JsonOptions,
  done?: () => Promise<boolean>,
): Promise<JsonAnswer | 'done'> {
  for (let count = 1; ; count++) {
    let problem: string;
    try {
      const answer = await attempt(request, signal);
      if (!mayPass(answer.status)) return answer;
      problem = `the server answers ${answer.status}`;
    } catch (error) {
      if (signal.aborted) throw new InterruptedError();
      problem = (error as Error).message;
    }
    if (count === tries) {
      throw new HostError(`cannot reach ${request.url}: ${problem}`, {
        code: 'QB-DOWNLOAD',
        hint: 'look at the network and the address, then run the same command again: what is done is not done twice',
        retryable: true,
      });
    }
    await delay(retryDelayMs * 2 ** (count - 1), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) throw new InterruptedError();
    if (await done?.()) return 'done';
  }
}
