import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { sweep } from '../../../harness/host/files/follow.ts';

test('directories of dead processes go, those of the living and of others stay', async (t) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'sweep-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const { pid: dead } = spawnSync('true');
  const kept = [
    `quiltboot-suites-${process.pid}-abcDEF`,
    `qb-1-abcdef`,
    `quiltboot-suites-abcdef`,
    `other-${dead}-abcdef`,
  ];
  for (const name of [...kept, `quiltboot-suites-${dead}-abcDEF`, `qb-${dead}-abc123`]) {
    await mkdir(path.join(directory, name, 'inside'), { recursive: true });
  }
  await sweep(directory);
  t.deepEqual((await readdir(directory)).sort(), [...kept].sort());
});
