import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import test from 'ava';
import { execa } from 'execa';
import { UserError } from '../../../harness/model/index.ts';
import {
  littleChange as change,
  type ImportPlace,
  importPlace,
  littlePatch as patch,
  titlesOf as titles,
} from '../../support/import-place.ts';

async function pack(place: ImportPlace, name: string, words: readonly string[]): Promise<void> {
  await execa('tar', ['-caf', name, ...words], { cwd: place.directory });
}

const xz = async (text: string): Promise<Buffer> =>
  Buffer.from((await execa('xz', ['-c'], { input: text, encoding: 'buffer' })).stdout);

async function queueIn(place: ImportPlace): Promise<void> {
  await place.write('work/patches/series', 'net/b.patch\na.patch -p0\n');
  await place.write('work/patches/a.patch', patch('first by name', change('a.c', 'a', ['', ''])));
  await place.write('work/patches/net/b.patch.gz', gzipSync(patch('second by name', change('b.c', 'b'))));
  await place.write('work/patches/left.patch', patch('not in the series', change('c.c', 'c')));
}

for (const ending of ['tar', 'tar.gz', 'tar.xz'])
  test(`a queue that is packed as .${ending} is read in its order`, async (t) => {
    const place = await importPlace(t);
    await queueIn(place);
    await pack(place, `q.${ending}`, ['work']);
    const result = await place.take([`q.${ending}`]);
    t.deepEqual(titles(result), ['second by name', 'first by name']);
    t.deepEqual(result.problems, []);
    t.true((await place.read('first-by-name.patch')).includes('--- a/a.c\n'));
  });

test('an archive of mails is a directory of mails', async (t) => {
  const place = await importPlace(t);
  await place.write('m/two', patch('[PATCH 1/2] first', change('a.c', 'a')));
  await place.write('m/one', patch('[PATCH 2/2] second', change('b.c', 'b')));
  await place.write('m/.swap', 'no mail');
  await pack(place, 'm.tar.gz', ['-C', 'm', '.']);
  const result = await place.take(['m.tar.gz']);
  t.deepEqual(titles(result), ['first', 'second']);
  t.deepEqual(result.problems, []);
});

test('an archive that is cut, of another kind, or without a patch is refused by name', async (t) => {
  const place = await importPlace(t);
  await queueIn(place);
  await pack(place, 'q.tar', ['work']);
  await execa('truncate', ['-s', '1500', 'q.tar'], { cwd: place.directory });
  await t.throwsAsync(place.take(['q.tar']), { message: /q\.tar is not a whole tar archive/ });
  await place.write('q.zip', Buffer.from('PK\u0003\u0004and so on', 'latin1'));
  await t.throwsAsync(place.take(['q.zip']), { message: /q\.zip is an archive of the kind zip, which is not read/ });
  await place.write('words/README', 'Nothing.\n');
  await pack(place, 'words.tar', ['words']);
  await t.throwsAsync(place.take(['words.tar']), { message: /there is no patch in/ });
  await place.write('none/series', '# nothing\n');
  await pack(place, 'none.tar', ['none']);
  await t.throwsAsync(place.take(['none.tar']), { message: /series names no patch/ });
});

test('patches packed with xz, as a file, in a queue and in a directory of mails', async (t) => {
  const place = await importPlace(t);
  const text = patch('[PATCH] one', change('a.c', 'a'));
  await place.write('one.patch.xz', await xz(text));
  await place.write('q/series', 'one.patch\n');
  await place.write('q/one.patch.xz', await xz(text));
  await place.write('mails/one.eml.xz', await xz(text));
  for (const source of ['one.patch.xz', 'q', 'mails']) t.deepEqual(titles(await place.take([source])), ['one'], source);
});

test('a packed file that is cut is the fault of who gives it', async (t) => {
  const place = await importPlace(t);
  await place.write('one.patch', patch('[PATCH] one', change('a.c', 'a')));
  for (const [program, ending] of [
    ['gzip', 'gz'],
    ['bzip2', 'bz2'],
    ['xz', 'xz'],
  ] as const) {
    const name = `cut.patch.${ending}`;
    const { stdout } = await execa(program, ['-c', 'one.patch'], { cwd: place.directory, encoding: 'buffer' });
    await place.write(name, Buffer.from(stdout).subarray(0, 60));
    const error = await t.throwsAsync<UserError>(place.take([name]), { instanceOf: UserError });
    t.is(error.exitCode, 2);
    t.true(error.message.startsWith(`${name} is truncated or damaged: `), error.message);
    t.is(error.location?.file, path.join(place.directory, name));
  }
});

for (const ending of ['tar', 'tar.gz', 'tar.xz', 'tar.bz2'])
  test(`a tree that is given as .${ending} gives the bytes and tries the patches`, async (t) => {
    const place = await importPlace(t);
    const tree = path.join(place.directory, 'tree-1.0');
    await mkdir(path.join(tree, 'kernel'), { recursive: true });
    await writeFile(path.join(tree, 'kernel/a.c'), 'int one;\n\tint two;\nint three;\n');
    await pack(place, `tree.${ending}`, ['tree-1.0']);
    const diff =
      '--- a/kernel/a.c\n+++ b/kernel/a.c\n@@ -1,3 +1,4 @@\n int one;\n        int two;\n+       int new;\n int three;\n';
    await place.write('page.html', `<html><pre>${patch('one', diff)}</pre></html>`);
    const result = await place.take(['page.html'], { tree: { place: `tar:tree.${ending}` } });
    t.deepEqual(result.problems, []);
    t.true((await place.read('one.patch')).includes(' \tint two;\n+\tint new;\n'));
    await place.write('other.patch', patch('other', diff.replace('int one', 'int other')));
    const other = await place.take(['other.patch'], { tree: { place: `tar:tree.${ending}` } });
    t.true(other.problems.some(({ text }) => /kernel\/a\.c/.test(text)));
  });
