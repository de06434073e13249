import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import * as z from 'zod';
import { readKept } from '../../../harness/host/files/kept.ts';

const shape = z.object({ format: z.literal(2), names: z.array(z.string()) });

test('a kept file that is not what was written is told with what follows, and counts as none', async (t) => {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'kept-'));
  t.teardown(() => rm(directory, { recursive: true }));
  const file = path.join(directory, 'names.json');
  const told: string[] = [];
  const read = (): ReturnType<typeof readKept<z.infer<typeof shape>>> =>
    readKept(file, shape, { tell: (text) => told.push(text), then: 'names are asked for again' });
  t.is(await read(), undefined);
  await writeFile(file, '{"format":2,"names":["a"]}');
  t.deepEqual(await read(), { format: 2, names: ['a'] });
  t.deepEqual(told, [], 'one that is missing or whole is nothing to tell');
  const broken = [
    '',
    '{"format":2,"names":["a',
    '{"format":1,"names":["a"]}',
    '{"format":2,"names":[1]}',
    'null',
    '[]',
  ];
  for (const text of broken) {
    await writeFile(file, text);
    t.is(await read(), undefined, text);
  }
  t.deepEqual(
    told,
    broken.map(() => `${file} is damaged, or of another version; names are asked for again`),
  );
});
