import { chmod, mkdir, mkdtemp, readFile, rm, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { copyHostile, readHostileText } from '../../../../harness/host/files/hostile.ts';
import { HostileFile } from '../../../../harness/host/files/hostile-errors.ts';

/** A directory with `build/` in it, and a file beside that which nothing in there may reach. */
async function place(t: ExecutionContext): Promise<{ root: string; at: (name: string) => string }> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-hostile-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const root = path.join(directory, 'build');
  await mkdir(path.join(root, 'kernel'), { recursive: true });
  await writeFile(path.join(directory, 'secret'), 'private\n');
  await writeFile(path.join(root, 'kernel/fork.c'), 'int fork;\n');
  return { root, at: (name) => path.join(root, name) };
}

const limit = 1000;

test('a plain file is read, and what is not there is undefined', async (t) => {
  const { root } = await place(t);
  t.is(await readHostileText({ root, file: 'kernel/fork.c', limit }), 'int fork;\n');
  t.is(await readHostileText({ root, file: './kernel//fork.c', limit }), 'int fork;\n');
  for (const file of ['nothing', 'kernel/nothing', 'kernel/fork.c/nothing', 'kernel', ''])
    t.is(await readHostileText({ root, file, limit }), undefined, file);
});

test('neither .. nor a link leads out, wherever in the path it stands', async (t) => {
  const { root, at } = await place(t);
  await symlink('../secret', at('direct'));
  await symlink('..', at('up'));
  await symlink('up', at('twice'));
  await symlink(path.dirname(root), at('absolute'));
  for (const file of ['../secret', 'kernel/../../secret', 'direct', 'up/secret', 'twice/secret', 'absolute/secret']) {
    await t.throwsAsync(readHostileText({ root, file, limit }), { instanceOf: HostileFile }, file);
    await t.throwsAsync(readHostileText({ root, file, limit, links: true }), { instanceOf: HostileFile }, file);
  }
});

test('links that stay inside are followed where that is asked for, chains included, circles not', async (t) => {
  const { root, at } = await place(t);
  await symlink('kernel', at('folder'));
  await symlink('folder/fork.c', at('file'));
  await symlink('../kernel/../file', at('kernel/back'));
  await symlink('circle', at('circle'));
  for (const file of ['folder/fork.c', 'file', 'kernel/back']) {
    t.is(await readHostileText({ root, file, limit, links: true }), 'int fork;\n', file);
    await t.throwsAsync(readHostileText({ root, file, limit }), { instanceOf: HostileFile }, file);
  }
  await t.throwsAsync(readHostileText({ root, file: 'circle', limit, links: true }), { message: /in a circle/ });
});

test('pipes, sockets, devices and huge files are refused at once', async (t) => {
  const { root, at } = await place(t);
  await execa('mkfifo', [at('pipe')]);
  await symlink('/dev/zero', at('zero'));
  await writeFile(at('sparse'), '');
  await truncate(at('sparse'), 2 ** 31);
  for (const file of ['pipe', 'zero', 'sparse', 'pipe/below']) {
    if (file === 'pipe/below') t.is(await readHostileText({ root, file, limit }), undefined);
    else await t.throwsAsync(readHostileText({ root, file, limit }), { instanceOf: HostileFile }, file);
  }
  await t.throwsAsync(copyHostile({ root, file: 'sparse', limit }, at('copy')), { message: /2147483648 bytes/ });
});

test('a copy has the content, and none of the bits that would run it as somebody else', async (t) => {
  const { root, at } = await place(t);
  await writeFile(at('image'), 'bytes');
  await chmod(at('image'), 0o6755);
  const to = path.join(path.dirname(root), 'copy');
  await copyHostile({ root, file: 'image', limit }, to);
  t.is(await readFile(to, 'utf8'), 'bytes');
  t.is((await stat(to)).mode & 0o7777, 0o644);
  await t.throwsAsync(copyHostile({ root, file: 'nothing', limit }, to), { message: 'nothing is not there' });
});
