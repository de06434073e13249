import { chmod, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import { type PathKind, userPath } from '../../../../harness/host/files/user-path.ts';
import { UserError } from '../../../../harness/model/index.ts';

/** A directory with one thing of each kind. */
async function place(t: ExecutionContext): Promise<string> {
  const directory = await mkdtemp(path.join(os.tmpdir(), 'door-'));
  t.teardown(() => rm(directory, { recursive: true, force: true }));
  const at = (name: string): string => path.join(directory, name);
  await writeFile(at('file'), 'x');
  await mkdir(at('folder'));
  await symlink('file', at('to-file'));
  await symlink('folder', at('to-folder'));
  await symlink('nowhere', at('dangling'));
  await symlink('loop', at('loop'));
  await execa('mkfifo', [at('pipe')]);
  return directory;
}

const long = 'x'.repeat(300);

/** By kind: what is taken, and what is refused with which words. */
const table: Readonly<Record<PathKind, { good: readonly string[]; bad: readonly (readonly [string, RegExp])[] }>> = {
  file: {
    good: ['file', 'to-file'],
    bad: [
      ['nosuch', /^there is no thing .*nosuch$/],
      ['dangling', /^there is no thing/],
      ['file/below', /^there is no thing/],
      ['folder', /folder is a directory, expected a thing$/],
      ['to-folder', /is a directory, expected/],
      ['pipe', /is a pipe, expected a thing/],
      ['/dev/null', /is a device, expected/],
      ['loop', /^cannot read the thing .*: its symbolic links form a loop$/],
      [long, /the name is too long/],
      ['a\0b', /not a valid name/],
    ],
  },
  directory: {
    good: ['folder', 'to-folder', '.'],
    bad: [
      ['nosuch', /^there is no thing/],
      ['file', /file is a file, expected a thing/],
      ['loop/below', /form a loop/],
    ],
  },
  'new-directory': {
    good: ['folder', 'to-folder', 'new', 'new/below/that', 'folder/new'],
    bad: [
      ['file', /file is a file, expected/],
      ['file/below', /a part of the path is not a directory/],
      ['dangling', /cannot write the thing/],
      ['loop/x', /form a loop/],
      [`new/${long}`, /the name is too long/],
      ['/dev/null/x', /a part of the path is not a directory/],
      ['/proc/x', /holds no new files or directories/],
      ['/proc/x/y/z', /holds no new files or directories/],
      ['/proc/self/x', /holds no new|permission|not permitted/],
      ['/sys/x', /not permitted|permission|read-only/],
      ['/proc', /cannot write the thing/],
    ],
  },
  'new-file': {
    good: ['file', 'new', 'new/below/that', '/dev/null', 'pipe'],
    bad: [
      ['folder', /folder is a directory, expected/],
      ['file/below', /a part of the path is not a directory/],
      ['/proc/x', /holds no new|permission/],
      ['loop', /form a loop/],
    ],
  },
};

for (const [kind, { good, bad }] of Object.entries(table)) {
  test(`a path that must be a ${kind} is taken or refused for what it is`, async (t) => {
    const directory = await place(t);
    const before = (await readdir(directory, { recursive: true })).sort();
    const check = (name: string): Promise<string> =>
      userPath(kind as PathKind, { path: path.resolve(directory, name), what: 'thing' });
    for (const name of good) t.is(await check(name), path.resolve(directory, name));
    for (const [name, expected] of bad) {
      const error = await t.throwsAsync(() => check(name), { instanceOf: UserError }, name);
      t.regex(error.message, expected, name);
    }
    t.deepEqual((await readdir(directory, { recursive: true })).sort(), before, 'nothing was made');
  });
}

test('the mistake has the place where the path is written, and what to do', async (t) => {
  const directory = await place(t);
  const location = { file: 'quiltboot.yaml', line: 3, column: 7 };
  const wanted = { path: path.join(directory, 'nosuch'), what: 'thing', hint: 'write one', location };
  const error = await t.throwsAsync(userPath('file', wanted), { instanceOf: UserError });
  t.like(error, { hint: 'write one', location, exitCode: 2 });
});

test('a directory that two try at the same time is good for both, and neither makes it', async (t) => {
  const directory = await place(t);
  const before = await readdir(directory);
  for (let round = 0; round < 200; round += 1) {
    const check = async (later: number): Promise<void> => {
      await setTimeout(later);
      await userPath('new-directory', { path: path.join(directory, `cache-${round}`, 'below'), what: 'thing' });
    };
    await t.notThrowsAsync(Promise.all([check(0), check(1), check(2)]));
  }
  t.deepEqual(await readdir(directory), before);
});

test('a directory that the user may not write to is refused', async (t) => {
  const directory = await place(t);
  await chmod(path.join(directory, 'folder'), 0o555);
  const check = userPath('new-directory', { path: path.join(directory, 'folder', 'x'), what: 'thing' });
  // Permissions don't hold for root.
  if (process.getuid?.() === 0) await t.notThrowsAsync(check);
  else await t.throwsAsync(check, { instanceOf: UserError, message: /permission denied/ });
});
