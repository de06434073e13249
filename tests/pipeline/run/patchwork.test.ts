import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { HostError, UserError } from '../../../harness/model/index.ts';
import { type PatchworkRequest, sendToPatchwork } from '../../../harness/pipeline/run/patchwork.ts';
import { patchesOf, runOf, testedCell } from '../../support/sample-run.ts';
import { type Answer, webServer } from '../../support/web-server.ts';

const signal = new AbortController().signal;

async function storedRun(
  t: ExecutionContext,
  mails: readonly (string | undefined)[] = ['1@a', '2@a'],
): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qb-patchwork-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const patches = patchesOf(2).map((patch, index) => ({
    ...patch,
    ...(mails[index] === undefined ? {} : { messageId: mails[index] }),
  }));
  const run = runOf(
    [
      testedCell(0, 'x86_64', { a: 'pass' }),
      testedCell(1, 'x86_64', { a: 'pass' }),
      testedCell(2, 'x86_64', { a: 'fail' }),
    ],
    { series: { name: 'x', patches }, points: [0, 1, 2], targets: ['x86_64'] },
  );
  await writeFile(path.join(directory, 'run.json'), JSON.stringify(run));
  return directory;
}

interface Kept {
  readonly context: string;
  readonly state: string;
  readonly description: string;
}

interface Faults {
  /** How many requests of each kind are answered with 503 before one is taken. */
  readonly busy?: number;
  /** The first check is kept, and then the connection breaks. */
  readonly losesAnswer?: boolean;
}

/** A Patchwork that knows one patch or two, wants a token for checks, and takes none twice. */
async function patchwork(
  t: ExecutionContext,
  faults: Faults = {},
): Promise<{ readonly url: string; readonly kept: Map<number, Kept[]>; readonly requests: readonly string[] }> {
  const kept = new Map<number, Kept[]>([
    [11, []],
    [12, []],
  ]);
  let lost = faults.losesAnswer === true;
  const json = (response: ServerResponse, status: number, value: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  };
  const found =
    (id: number | undefined): Answer =>
    (_request, response, count) => {
      if (count < (faults.busy ?? 0)) response.writeHead(503).end('<html>busy');
      else json(response, 200, id === undefined ? [] : [{ id }]);
    };
  const take = (id: number, body: string, request: IncomingMessage, response: ServerResponse): void => {
    const list = kept.get(id) ?? [];
    const check = JSON.parse(body) as Kept;
    if (request.headers.authorization !== 'Token secret') json(response, 401, { detail: 'Invalid token.' });
    else if (list.some((one) => one.context === check.context && one.state === check.state)) {
      json(response, 409, { detail: 'there already' });
    } else {
      list.push({ ...check, ...{ id: list.length + 1 } });
      if (lost) {
        lost = false;
        request.socket.destroy();
      } else json(response, 201, check);
    }
  };
  const posts = new Map<number, number>();
  const checks =
    (id: number): Answer =>
    (request, response, count) => {
      if (request.method === 'GET') {
        if (count < (faults.busy ?? 0)) response.writeHead(503).end();
        else json(response, 200, kept.get(id));
        return;
      }
      const before = posts.get(id) ?? 0;
      posts.set(id, before + 1);
      let body = '';
      request.setEncoding('utf8');
      request.on('data', (part: string) => (body += part));
      request.on('end', () => {
        if (before < (faults.busy ?? 0)) response.writeHead(502).end();
        else take(id, body, request, response);
      });
    };
  const api = '/api/1.2/patches/';
  const server = await webServer(t, {
    [`${api}?msgid=1%40a`]: found(11),
    [`${api}?msgid=2%40a`]: found(12),
    [`${api}?msgid=3%40a`]: found(undefined),
    ...Object.fromEntries(
      [11, 12].flatMap((id) => [
        [`${api}${id}/checks/?per_page=250`, checks(id)] as const,
        [`${api}${id}/checks/`, checks(id)] as const,
      ]),
    ),
  });
  return { url: server.url, kept, requests: server.requests };
}

async function send(
  t: ExecutionContext,
  server: string,
  more: Partial<PatchworkRequest> = {},
): Promise<readonly string[]> {
  const run = more.run ?? (await storedRun(t));
  const checks = await sendToPatchwork(
    { server, run, token: 'secret', dryRun: false, retryDelayMs: 5, ...more },
    { signal, emit: () => undefined },
  );
  return checks.map(({ result, patch, context, state }) => `${result} ${patch} ${context} ${state}`);
}

test('each patch gets a check for each target, and to send again changes nothing', async (t) => {
  const { url, kept, requests } = await patchwork(t);
  const run = await storedRun(t);
  const first = await send(t, `${url}/`, { run, link: 'https://ci.example.org/7' });
  t.deepEqual(first, ['sent a.patch quiltboot-x86_64 success', 'sent b.patch quiltboot-x86_64 fail']);
  t.like(kept.get(12)?.[0], {
    state: 'fail',
    description: 'FAIL test 1/1: tasks: a: a is wrong',
    target_url: 'https://ci.example.org/7',
  });
  const posts = requests.filter((one) => one.startsWith('POST')).length;
  t.deepEqual(await send(t, url, { run }), [
    'there a.patch quiltboot-x86_64 success',
    'there b.patch quiltboot-x86_64 fail',
  ]);
  t.is(requests.filter((one) => one.startsWith('POST')).length, posts);
});

test('a server that fails twice is asked again', async (t) => {
  const { url, kept } = await patchwork(t, { busy: 2 });
  await send(t, url);
  t.deepEqual([kept.get(11)?.length, kept.get(12)?.length], [1, 1]);
});

test('a check whose answer got lost is not sent twice', async (t) => {
  const { url, kept } = await patchwork(t, { losesAnswer: true });
  const sent = await send(t, url);
  t.deepEqual(sent, ['sent a.patch quiltboot-x86_64 success', 'sent b.patch quiltboot-x86_64 fail']);
  t.is(kept.get(11)?.length, 1);
});

test('a dry run looks, needs no token, and sends nothing', async (t) => {
  const { url, requests } = await patchwork(t);
  const run = await storedRun(t);
  const checks = await sendToPatchwork({ server: url, run, dryRun: true }, { signal, emit: () => undefined });
  t.deepEqual(
    checks.map(({ result }) => result),
    ['would be sent', 'would be sent'],
  );
  t.deepEqual(
    requests.filter((one) => !one.startsWith('GET')),
    [],
  );
});

test('a patch that the server does not know is said, and the others are sent', async (t) => {
  const { url } = await patchwork(t);
  const run = await storedRun(t, ['3@a', '2@a']);
  t.deepEqual(await send(t, url, { run }), [
    'unknown a.patch quiltboot-x86_64 success',
    'sent b.patch quiltboot-x86_64 fail',
  ]);
  const none = await storedRun(t, ['3@a', undefined]);
  await t.throwsAsync(send(t, url, { run: none }), { instanceOf: UserError, message: /knows no patch of the run/ });
});

test('what can be no success is a mistake or a fault, each with its reason', async (t) => {
  const { url } = await patchwork(t);
  const refused = (more: Partial<PatchworkRequest>, server = url): Promise<unknown> => send(t, server, more);
  await t.throwsAsync(refused({ token: 'wrong' }), {
    instanceOf: UserError,
    message: /refuses a check \(401\): .*Invalid token/,
  });
  await t.throwsAsync(refused({}, 'ftp://x'), {
    instanceOf: UserError,
    message: /expected the address of a Patchwork/,
  });
  await t.throwsAsync(refused({ run: await storedRun(t, []) }), {
    instanceOf: UserError,
    message: /no patch .* has a Message-ID/,
  });
  await t.throwsAsync(refused({}, `${url}/elsewhere`), { instanceOf: HostError, message: /\(404\)/ });
  const { url: dead } = await patchwork(t, { busy: 99 });
  await t.throwsAsync(refused({}, dead), { instanceOf: HostError, message: /the server answers 503/ });
});
