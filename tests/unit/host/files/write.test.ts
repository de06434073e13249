import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { ensureDirectory } from '../../../../harness/host/files/write.ts';

test('a directory is made although somebody else makes its parent at the same moment', async (t) => {
  const top = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-write-'));
  t.teardown(() => rm(top, { recursive: true, force: true }));
  for (let round = 0; round < 100; round += 1) {
    const parent = path.join(top, `${round}`);
    // The first finds no parent, and finds one when it looks why.
    await Promise.all([ensureDirectory(path.join(parent, 'cell')), mkdir(parent).catch(() => undefined)]);
    t.deepEqual(await readdir(parent), ['cell']);
  }
});
