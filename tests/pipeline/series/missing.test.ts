import { mkdir, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { missingFrom } from '../../../harness/pipeline/series/missing.ts';
import { emptyPlace } from '../../support/program.ts';

test('what somebody removed from a work tree is found; a link to nothing is there', async (t) => {
  const { directory } = await emptyPlace(t);
  const git = async (...words: string[]): Promise<string> =>
    (await execa('git', ['-c', 'user.name=A', '-c', 'user.email=a@example.org', ...words], { cwd: directory })).stdout;
  await git('init', '-q');
  await mkdir(path.join(directory, 'kernel/time'), { recursive: true });
  await writeFile(path.join(directory, 'kernel/time/tick.c'), 'int tick;\n');
  await writeFile(path.join(directory, 'Makefile'), 'all:\n');
  await symlink('nowhere', path.join(directory, 'dangling'));
  await git('add', '.');
  const tree = await git('write-tree');
  const find = (): Promise<string | undefined> =>
    missingFrom(directory, { repository: path.join(directory, '.git'), tree }, new AbortController().signal);
  t.is(await find(), undefined);
  await rm(path.join(directory, 'kernel/time'), { recursive: true });
  t.is(await find(), path.join(directory, 'kernel/time'));
  await rm(path.join(directory, 'Makefile'));
  t.is(await find(), path.join(directory, 'Makefile'));
});
