import { mkdtemp, rm } from 'node:fs/promises';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { openQmp, type QmpClient } from '../../../../harness/host/qemu/qmp.ts';
import { listen } from '../../../../harness/host/qemu/sockets.ts';
import { HostError } from '../../../../harness/model/index.ts';

type Answer = (command: string, write: (text: string) => void, socket: net.Socket) => void;

/** Runs an action with a client whose other end is a server that answers as told. */
async function withQmp(
  t: ExecutionContext,
  answer: Answer,
  action: (client: QmpClient) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'qmp-'));
  const listener = await listen(path.join(directory, 'monitor'));
  const server = net.connect(listener.path);
  server.on('error', () => undefined);
  server.write('{"QMP": {"version": {}}}\r\n');
  server.on('data', (chunk) => {
    for (const line of chunk.toString().trim().split('\n')) {
      const { execute } = JSON.parse(line) as { readonly execute: string };
      const write = (text: string): void => void server.write(`${text}\r\n`);
      if (execute === 'qmp_capabilities') write('{"return": {}}');
      else answer(execute, write, server);
    }
  });
  try {
    await action(await openQmp(await listener.connection, 2000));
    t.pass();
  } finally {
    server.destroy();
    listener.close();
    await rm(directory, { recursive: true });
  }
}

test('replies go to their commands in order, events to their listeners', async (t) => {
  const events: string[] = [];
  await withQmp(
    t,
    (command, write) => {
      write('{"event": "STOP", "data": {}}');
      write(`{"return": "${command}"}`);
    },
    async (client) => {
      client.onEvent(({ event }) => events.push(event));
      t.deepEqual(await Promise.all([client.execute('a'), client.execute('b')]), ['a', 'b']);
      t.deepEqual(events, ['STOP', 'STOP']);
    },
  );
});

test('an answer may come in pieces', async (t) => {
  await withQmp(
    t,
    (_, write, socket) => {
      socket.write('{"ret');
      setTimeout(() => write('urn": 5}'), 20);
    },
    async (client) => {
      t.is(await client.execute('a'), 5);
    },
  );
});

test('an event that came before anybody listened is not lost', async (t) => {
  await withQmp(
    t,
    (_, write) => {
      write('{"event": "SHUTDOWN", "data": {"reason": "guest-reset"}}');
      write('{"return": {}}');
    },
    async (client) => {
      await client.execute('a');
      const reasons: unknown[] = [];
      client.onEvent(({ data }) => reasons.push(data.reason));
      t.deepEqual(reasons, ['guest-reset']);
    },
  );
});

test('a refusal, a silence and an end are host errors that name the command', async (t) => {
  await withQmp(
    t,
    (command, write, socket) => {
      if (command === 'refused') write('{"error": {"class": "GenericError", "desc": "no such thing"}}');
      if (command === 'ends') socket.destroy();
    },
    async (client) => {
      await t.throwsAsync(client.execute('refused'), {
        instanceOf: HostError,
        message: /refused refused: no such thing/,
      });
      await t.throwsAsync(client.execute('silence', {}, 50), { message: /did not answer silence within 0.05 s/ });
      await t.throwsAsync(client.execute('ends'), { message: /QEMU ended during/ });
      await t.throwsAsync(client.execute('later'), { message: /QEMU is gone: cannot ask for later/ });
    },
  );
});
