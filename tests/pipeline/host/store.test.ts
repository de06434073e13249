import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { fromStore } from '../../../harness/host/files/store.ts';

test('many that make one entry at once all have it', async (t) => {
  const store = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-store-'));
  t.teardown(() => rm(store, { recursive: true, force: true }));
  for (let round = 0; round < 20; round += 1) {
    const key = `${round}`.padStart(64, '0');
    const entries = await Promise.all(
      Array.from({ length: 8 }, () =>
        fromStore({
          ...{ store, kind: 'reel', key, fresh: false },
          say: (text) => t.fail(text),
          keep: () => true,
          make: async (directory) => {
            await writeFile(path.join(directory, 'thread'), 'seven\n');
            return 7;
          },
        }),
      ),
    );
    t.deepEqual(new Set(entries.map(({ result }) => result)), new Set([7]));
    t.is(await readFile(path.join(store, 'reel', key, 'thread'), 'utf8'), 'seven\n');
  }
});
