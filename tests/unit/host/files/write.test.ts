import { mkdtemp, readdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { ensureDirectory } from '../../../../harness/host/files/write.ts';

test('directories with common parents are made side by side', async (t) => {
  const top = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-write-'));
  t.teardown(() => rm(top, { recursive: true, force: true }));
  for (let round = 0; round < 20; round += 1) {
    const names = Array.from({ length: 20 }, (_, index) => `cell-${index}`);
    await Promise.all(names.map((name) => ensureDirectory(path.join(top, `${round}`, 'cells', name, 'log'))));
    t.is((await readdir(path.join(top, `${round}`, 'cells'))).length, names.length);
  }
});
