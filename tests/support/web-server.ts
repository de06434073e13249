import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync, mkdirSync, statSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { ExecutionContext } from 'ava';

export interface WebServer {
  readonly url: string;
  /** `METHOD /path range` of each request, in order. */
  readonly requests: string[];
}

export type Answer = (request: IncomingMessage, response: ServerResponse, count: number) => void;

/** An HTTP server on this machine; `count` tells an answer how often its path was asked for before. */
export async function webServer(t: ExecutionContext, answers: Readonly<Record<string, Answer>>): Promise<WebServer> {
  const requests: string[] = [];
  const counts = new Map<string, number>();
  const server = createServer((request, response) => {
    const asked = request.url ?? '';
    const count = counts.get(asked) ?? 0;
    counts.set(asked, count + 1);
    requests.push([request.method, asked, request.headers.range].filter((part) => part !== undefined).join(' '));
    const answer = answers[asked];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response, count);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}

/** Serves bytes as a good server does: whole, or the range that was asked for. */
export function serve(bytes: Buffer, etag = '"one"'): Answer {
  return (request, response) => {
    const start = Number(/^bytes=(\d+)-$/.exec(request.headers.range ?? '')?.[1] ?? Number.NaN);
    const fits = !Number.isNaN(start) && request.headers['if-range'] === etag && start < bytes.length;
    const body = fits ? bytes.subarray(start) : bytes;
    const range = fits ? { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` } : {};
    response.writeHead(fits ? 206 : 200, { etag, 'content-length': body.length, ...range }).end(body);
  };
}

/** Promises all bytes, sends some, and breaks the connection. */
export function breakAfter(bytes: Buffer, sent: number, etag = '"one"'): Answer {
  return (_request, response) => {
    response.writeHead(200, { etag, 'content-length': bytes.length });
    response.write(bytes.subarray(0, sent), () => setTimeout(() => response.destroy(), 1500));
  };
}

/** Serves the bare repositories below a directory over HTTP until it is stopped; then it breaks every connection. */
export async function gitServer(
  t: ExecutionContext,
  root: string,
): Promise<{ readonly url: string; readonly stop: () => void }> {
  let stopped = false;
  const server = createServer((request, response) => {
    if (stopped) {
      response.destroy();
      return;
    }
    const url = new URL(request.url ?? '/', 'http://localhost');
    const backend = spawn('git', ['http-backend'], {
      env: {
        PATH: process.env['PATH'],
        GIT_PROJECT_ROOT: root,
        GIT_HTTP_EXPORT_ALL: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        PATH_INFO: url.pathname,
        QUERY_STRING: url.search.slice(1),
        REQUEST_METHOD: request.method,
        CONTENT_TYPE: request.headers['content-type'] ?? '',
        HTTP_CONTENT_ENCODING: request.headers['content-encoding'] ?? '',
        GIT_PROTOCOL: String(request.headers['git-protocol'] ?? ''),
      },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    request.pipe(backend.stdin);
    const chunks: Buffer[] = [];
    backend.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    backend.on('close', () => {
      const all = Buffer.concat(chunks);
      const end = all.indexOf('\r\n\r\n');
      const head = all.subarray(0, end).toString();
      const type = /^content-type: (.*)$/im.exec(head)?.[1]?.trim() ?? 'text/plain';
      const status = Number(/^status: (\d+)/im.exec(head)?.[1] ?? 200);
      response.writeHead(status, { 'content-type': type }).end(all.subarray(end + 4));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  t.teardown(() => server.closeAllConnections());
  const stop = (): void => {
    stopped = true;
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}

/** Serves the files of a directory, and takes them by PUT where it is writable. */
export async function fileServer(
  t: ExecutionContext,
  root: string,
  { writable }: { readonly writable: boolean },
): Promise<WebServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const name = new URL(request.url ?? '/', 'http://localhost').pathname;
    const file = path.join(root, name);
    requests.push(`${request.method ?? ''} ${name}`);
    const end = (status: number): unknown => response.writeHead(status).end();
    if (request.method === 'GET' || request.method === 'HEAD') {
      if (!existsSync(file)) return end(404);
      response.writeHead(200, { 'content-length': statSync(file).size });
      if (request.method === 'HEAD') response.end();
      else createReadStream(file).pipe(response);
      return;
    }
    if (request.method !== 'PUT' || !writable) return end(405);
    if (existsSync(file)) return end(412);
    mkdirSync(path.dirname(file), { recursive: true });
    request.pipe(createWriteStream(file)).on('finish', () => end(201));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  t.teardown(() => server.closeAllConnections());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, requests };
}
