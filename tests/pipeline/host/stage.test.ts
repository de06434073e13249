import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { withSpool } from '../../../harness/host/files/spool.ts';
import { openStage } from '../../../harness/host/files/stage.ts';
import { openCommitFiles } from '../../../harness/host/git/commit-files.ts';
import { makeRepository } from '../../support/repository.ts';

async function emptyDirectory(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-stage-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

test('files that are staged appear together, whether the directory is there or not', async (t) => {
  const top = await emptyDirectory(t);
  await mkdir(path.join(top, 'there'));
  await writeFile(path.join(top, 'there', 'kept'), 'mine');
  await writeFile(path.join(top, 'there', 'a'), 'old');
  for (const name of ['there', 'a/b/new']) {
    const stage = await openStage(path.join(top, name));
    for (let at = 0; at < 120; at++) await stage.write(`f${at}`, Buffer.from(String(at)));
    await stage.write('a', Buffer.from('new'));
    const before: string[] = await readdir(path.join(top, name)).catch(() => []);
    t.false(before.includes('f0'));
    await stage.publish();
    t.is(await readFile(path.join(top, name, 'a'), 'utf8'), 'new');
    t.is((await readdir(path.join(top, name))).length, name === 'there' ? 122 : 121);
    t.deepEqual(
      (await readdir(path.dirname(path.join(top, name)))).filter((one) => one.startsWith('qb-')),
      [],
    );
  }
  t.is(await readFile(path.join(top, 'there', 'kept'), 'utf8'), 'mine');
});

test('what is discarded leaves nothing, not even the directories above it', async (t) => {
  const top = await emptyDirectory(t);
  const stage = await openStage(path.join(top, 'a', 'b', 'c'));
  await stage.write('x', Buffer.from('x'));
  await stage.discard();
  t.deepEqual(await readdir(top), []);
});

test('a spool gives back each text as it was', async (t) => {
  const texts = ['', 'one\n', '\u00ff\u0000\n'.repeat(70_000), 'last'];
  await withSpool((keep) => {
    const kept = texts.map(keep);
    for (const at of [3, 2, 0, 1, 2]) t.true(kept[at]?.() === texts[at]);
    return Promise.resolve();
  });
});

test('files of a commit are read one after the other, large ones and those that are not there', async (t) => {
  const { directory, commit } = await makeRepository(t);
  const large = `${'x\u00e9'.repeat(200_000)}\nend`;
  const id = await commit('one', { 'a.c': 'int a;\n', 'sub/b c.c': large, empty: '' });
  const files = openCommitFiles(path.join(directory, '.git'), id, new AbortController().signal);
  t.is(await files.read('a.c'), 'int a;\n');
  t.is(await files.read('none'), undefined);
  t.is(await files.read('sub'), undefined);
  t.is(await files.read('a\nb'), undefined);
  t.is(Buffer.from((await files.read('sub/b c.c')) ?? '', 'latin1').toString('utf8'), large);
  t.is(await files.read('empty'), '');
  await files.close();
});
