import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, utimes } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { makeScratch, scratchPrefix, sweep, withScratch } from '../../../../harness/host/files/scratch.ts';

async function parentOf(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'sweep-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('directories of dead processes go, those of the living and of others stay', async (t) => {
  const directory = await parentOf(t);
  const { pid: dead } = spawnSync('true');
  const kept = [
    `${scratchPrefix('suites')}abcDEF`,
    `${scratchPrefix('s', 1)}abcdef`,
    'qb-suites-abcdef',
    `x-${dead}-abcdef`,
  ];
  const gone = [`${scratchPrefix('suites', dead)}abcDEF`, `${scratchPrefix('s', dead)}abc123`];
  for (const name of [...kept, ...gone]) await mkdir(path.join(directory, name, 'inside'), { recursive: true });
  await sweep(directory);
  t.deepEqual((await readdir(directory)).sort(), [...kept].sort());
});

test('a process number of another machine says nothing: its directory goes when it is old', async (t) => {
  const directory = await parentOf(t);
  const { pid: dead } = spawnSync('true');
  const [fresh, old] = ['abcdef', 'ABCDEF'].map((end) => `${scratchPrefix('image', dead, '012345')}${end}`);
  for (const name of [fresh ?? '', old ?? '']) await mkdir(path.join(directory, name));
  const yesterday = Date.now() / 1000 - 25 * 60 * 60;
  await utimes(path.join(directory, old ?? ''), yesterday, yesterday);
  await sweep(directory);
  t.deepEqual(await readdir(directory), [fresh]);
});

test('making one removes what killed processes left in the same place, once', async (t) => {
  const parent = path.join(await parentOf(t), 'cache');
  const { pid: dead } = spawnSync('true');
  const left = path.join(parent, `${scratchPrefix('fix', dead)}abcdef`);
  await mkdir(left, { recursive: true });
  const scratch = await makeScratch({ purpose: 'fix', parent });
  t.deepEqual(await readdir(parent), [path.basename(scratch.path)]);
  await scratch.remove();
  t.deepEqual(await readdir(parent), []);
});

test('the directory of an action goes also when that fails', async (t) => {
  const parent = await parentOf(t);
  const failing = withScratch({ purpose: 'test', parent }, async (directory) => {
    await mkdir(path.join(directory, 'inside'));
    throw new Error(`failed in ${directory}`);
  });
  await t.throwsAsync(failing, { message: /failed in/ });
  t.deepEqual(await readdir(parent), []);
});
