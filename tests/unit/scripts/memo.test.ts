import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test from 'ava';
import { openMemo } from '../../../scripts/test/memo.ts';

test('a check that passed is remembered until a file changes, comes or goes', async (t) => {
  const root = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-memo-'));
  t.teardown(() => rm(root, { recursive: true, force: true }));
  const file = path.join(root, 'a.ts');
  await writeFile(file, 'one');
  await writeFile(path.join(root, '.gitignore'), 'node_modules\n');
  openMemo(root).keep('check:lint');
  t.false(openMemo(root).passed('check:lint'), 'nothing is known outside of a repository');
  execFileSync('git', ['init', '--quiet'], { cwd: root });
  t.false(openMemo(root).passed('check:lint'));
  openMemo(root).keep('check:lint');
  t.true(openMemo(root).passed('check:lint'));
  t.false(openMemo(root).passed('check:types'));
  await writeFile(file, 'two');
  t.false(openMemo(root).passed('check:lint'));
  await writeFile(file, 'one');
  t.true(openMemo(root).passed('check:lint'));
  await rm(file);
  t.false(openMemo(root).passed('check:lint'));
});
