import { mkdir, mkdtemp, readdir, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import {
  type BuildPlace,
  beginMake,
  buildPlace,
  endMake,
  ownFile,
  removeBuilt,
} from '../../../../harness/host/make/build-directory.ts';

/** A build directory in which a make was killed: it began at second 10, and each file was last written at the second given. */
async function killed(
  t: ExecutionContext,
  files: Readonly<Record<string, readonly [number, string]>>,
): Promise<BuildPlace> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-half-made-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const place = buildPlace(root);
  const { directory } = place;
  await beginMake(place);
  await utimes(ownFile(place, 'running'), 10, 10);
  for (const [name, [second, content]] of Object.entries(files)) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, content);
    await utimes(file, second, second);
  }
  return place;
}

test('what a killed make left half written is removed, and nothing else', async (t) => {
  const place = await killed(t, {
    'kernel/whole.o': [11, '\x7fELF'],
    'kernel/.whole.o.cmd': [12, 'cmd'],
    'kernel/half.o': [13, '\x7fELF'],
    'kernel/.half.o.cmd': [5, 'cmd'],
    'kernel/new.o': [14, ''],
    'kernel/older.o': [9, ''],
  });
  await beginMake(place);
  t.deepEqual((await readdir(path.join(place.directory, 'kernel'))).sort(), [
    '.half.o.cmd',
    '.whole.o.cmd',
    'older.o',
    'whole.o',
  ]);
});

test('the marks of changed options stay, or else what depends on them would not be compiled again', async (t) => {
  const place = await killed(t, {
    'include/config/smp.h': [11, ''],
    'include/config/nr/cpus.h': [11, ''],
    'include/linux/half.h': [11, ''],
  });
  await beginMake(place);
  t.deepEqual((await readdir(path.join(place.directory, 'include/config'))).sort(), ['nr', 'smp.h']);
  t.deepEqual(await readdir(path.join(place.directory, 'include/config/nr')), ['cpus.h']);
  t.deepEqual(await readdir(path.join(place.directory, 'include/linux')), []);
});

test('a make that ended by itself left nothing half written', async (t) => {
  const place = await killed(t, { 'kernel/new.o': [14, ''] });
  await endMake(place);
  await beginMake(place);
  t.deepEqual(await readdir(path.join(place.directory, 'kernel')), ['new.o']);
});

test('a tree of directories deeper than any build makes, or closed ones, are emptied and removed all the same', async (t) => {
  const place = await killed(t, { 'kernel/new.o': [14, ''] });
  const deep = 'i=0; while [ $i -lt 600 ]; do mkdir dddd && cd dddd || exit 1; i=$((i+1)); done';
  await execa('sh', [
    '-c',
    `cd "${place.directory}" && (${deep}) && mkdir closed && touch closed/file && chmod 0 closed`,
  ]);
  await beginMake(place);
  t.deepEqual(await readdir(place.directory), []);
  await removeBuilt(place.root);
  await t.throwsAsync(readdir(place.root), { code: 'ENOENT' });
});

test('a link in the place of a half-made file or of its record names nothing outside', async (t) => {
  const place = await killed(t, { 'kernel/half.o': [14, '\x7fELF'] });
  await mkdir(path.join(place.root, 'outside'));
  await writeFile(path.join(place.root, 'outside/new.o'), '');
  await symlink('../../outside', path.join(place.directory, 'kernel/link'));
  await symlink('../../outside/new.o', path.join(place.directory, 'kernel/link.o'));
  await beginMake(place);
  t.deepEqual((await readdir(path.join(place.directory, 'kernel'))).sort(), ['link', 'link.o']);
  t.deepEqual(await readdir(path.join(place.root, 'outside')), ['new.o']);
});
