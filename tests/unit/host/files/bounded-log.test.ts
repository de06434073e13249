import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { createBoundedLog } from '../../../../harness/host/files/bounded-log.ts';
import { HostError } from '../../../../harness/model/index.ts';

async function withDirectory(action: (directory: string) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'log-'));
  await action(directory).finally(() => rm(directory, { recursive: true }));
}

test('a log below the limit is whole', async (t) => {
  await withDirectory(async (directory) => {
    const file = path.join(directory, 'deep', 'log');
    const log = await createBoundedLog(file, { head: 10, tail: 10 });
    for (const text of ['abcd', 'efgh', 'ijkl', 'mnop']) log.write(Buffer.from(text));
    await log.close();
    t.is(await readFile(file, 'utf8'), 'abcdefghijklmnop');
    t.is(log.size(), 16);
  });
});

test('of a flood the beginning and the end are kept, with the number of bytes between them', async (t) => {
  await withDirectory(async (directory) => {
    const file = path.join(directory, 'log');
    const log = await createBoundedLog(file, { head: 100, tail: 50 });
    for (let index = 0; index < 10_000; index++) log.write(Buffer.from(`line ${String(index).padStart(4, '0')}\n`));
    await log.close();
    const text = await readFile(file, 'utf8');
    t.true(text.startsWith('line 0000\nline 0001\n'));
    t.true(text.endsWith('line 9998\nline 9999\n'));
    t.regex(text, /\[quiltboot: 99850 of 100000 bytes of this log are left out here\]/);
    t.true((await stat(file)).size < 300);
  });
});

test('closing twice is the same as once, and what comes later is ignored', async (t) => {
  await withDirectory(async (directory) => {
    const file = path.join(directory, 'log');
    const log = await createBoundedLog(file);
    log.write(Buffer.from('a'));
    await Promise.all([log.close(), log.close()]);
    log.write(Buffer.from('b'));
    t.is(await readFile(file, 'utf8'), 'a');
  });
});

test('a place that cannot be written to is a host error', async (t) => {
  await withDirectory(async (directory) => {
    await t.throwsAsync(createBoundedLog(directory), { instanceOf: HostError, message: /cannot write/ });
  });
});
