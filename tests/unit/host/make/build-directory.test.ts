import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { beginMake, endMake } from '../../../../harness/host/make/build-directory.ts';

/** A build directory in which a make was killed: it began at second 10, and each file was last written at the second given. */
async function killed(
  t: ExecutionContext,
  files: Readonly<Record<string, readonly [number, string]>>,
): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-half-made-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  await beginMake(directory);
  await utimes(path.join(directory, '.quiltboot', 'running'), 10, 10);
  for (const [name, [second, content]] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await utimes(file, second, second);
  }
  return directory;
}

test('what a killed make left half written is removed, and nothing else', async (t) => {
  const directory = await killed(t, {
    'kernel/whole.o': [11, '\x7fELF'],
    'kernel/.whole.o.cmd': [12, 'cmd'],
    'kernel/half.o': [13, '\x7fELF'],
    'kernel/.half.o.cmd': [5, 'cmd'],
    'kernel/new.o': [14, ''],
    'kernel/older.o': [9, ''],
  });
  await beginMake(directory);
  t.deepEqual((await readdir(path.join(directory, 'kernel'))).sort(), [
    '.half.o.cmd',
    '.whole.o.cmd',
    'older.o',
    'whole.o',
  ]);
});

test('the marks of changed options stay, or else what depends on them would not be compiled again', async (t) => {
  const directory = await killed(t, {
    'include/config/smp.h': [11, ''],
    'include/config/nr/cpus.h': [11, ''],
    'include/linux/half.h': [11, ''],
  });
  await beginMake(directory);
  t.deepEqual((await readdir(path.join(directory, 'include/config'))).sort(), ['nr', 'smp.h']);
  t.deepEqual(await readdir(path.join(directory, 'include/config/nr')), ['cpus.h']);
  t.deepEqual(await readdir(path.join(directory, 'include/linux')), []);
});

test('a make that ended by itself left nothing half written', async (t) => {
  const directory = await killed(t, { 'kernel/new.o': [14, ''] });
  await endMake(directory);
  await beginMake(directory);
  t.deepEqual(await readdir(path.join(directory, 'kernel')), ['new.o']);
});
