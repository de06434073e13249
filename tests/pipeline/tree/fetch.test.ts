import { readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import { checkedOut, miniatureKernel, recipe, repository, tarball, tarEndings, workshop } from '../../support/trees.ts';

async function differences(one: string, other: string): Promise<string> {
  return (await execa('diff', ['-r', '--no-dereference', one, other], { reject: false })).stdout;
}

for (const [ending, flag] of Object.entries(tarEndings)) {
  test(`a tarball (${ending}) becomes a tree, byte for byte`, async (t) => {
    const shop = await workshop(t);
    const source = await miniatureKernel(shop);
    // The name says nothing of how it is compressed.
    const file = await tarball(shop, source, flag, 'linux.tar.something');
    const directory = await checkedOut(t, shop, recipe({ kind: 'tarball', file: { urls: [file] } }));
    t.is(await differences(source, directory), '');
    t.is((await stat(path.join(directory, 'scripts/run.sh'))).mode & 0o111, 0o111);
  });
}

test('every kind of source with equal content is the same base', async (t) => {
  const shop = await workshop(t);
  const source = await miniatureKernel(shop);
  const file = await tarball(shop, source, '-z', 'linux.tar.gz');
  const git = await repository(shop, source);
  const trees = [
    await fetchTree(recipe({ kind: 'directory', path: source }), shop.context),
    await fetchTree(recipe({ kind: 'tarball', file: { urls: [file] } }), shop.context),
    await fetchTree(recipe({ kind: 'git', url: git, ref: 'v1' }), shop.context),
  ];
  t.is(new Set(trees.map(({ commit }) => commit)).size, 1);
  t.true(trees.every(({ kernelVersion }) => kernelVersion === '6.1.99-mini'));
  const again = await fetchTree(recipe({ kind: 'git', url: git, ref: 'main' }, { name: 'other' }), shop.context);
  t.like(again, { name: 'other', key: trees[2]?.key, reused: true });
});

test('a git repository is only read, and a ref that it lacks is an error', async (t) => {
  const shop = await workshop(t);
  const bare = await repository(shop, await miniatureKernel(shop));
  const state = async (): Promise<string> => (await execa('find', [bare, '-printf', '%p %T@ %s\n'])).stdout;
  const before = await state();
  const source = { kind: 'git', url: bare, ref: 'v1' } as const;
  const tree = await fetchTree(recipe(source), shop.context);
  t.regex(tree.resolved, /linux\.git#v1 [0-9a-f]{40}$/);
  await fetchTree(recipe({ ...source, url: `file://${bare}` }), shop.context);
  t.is(await state(), before);
  const error = await t.throwsAsync(fetchTree(recipe({ ...source, ref: 'v2' }), shop.context), {
    instanceOf: UserError,
  });
  t.regex(error.message, /has no commit v2/);
  await t.throwsAsync(fetchTree(recipe({ ...source, url: shop.at('none') }), shop.context), {
    instanceOf: UserError,
    message: /no git repository/,
  });
  await t.throwsAsync(fetchTree(recipe({ ...source, url: shop.at('linux-6.1') }), shop.context), {
    instanceOf: UserError,
    message: /is not a git repository/,
  });
});

test('a directory that changes gives another tree; of a git work tree only what it holds is taken', async (t) => {
  const shop = await workshop(t);
  const source = await miniatureKernel(shop);
  const wanted = recipe({ kind: 'directory', path: source });
  const first = await fetchTree(wanted, shop.context);
  t.true((await fetchTree(wanted, shop.context)).reused);
  await writeFile(path.join(source, 'kernel/fork.c'), 'edited\n');
  const second = await fetchTree(wanted, shop.context);
  t.not(second.commit, first.commit);

  const env = { GIT_CONFIG_GLOBAL: '/dev/null' };
  await execa('git', ['init', '-q'], { cwd: source, env });
  await execa('git', ['add', 'Makefile', 'kernel'], { cwd: source, env });
  await execa('git', ['config', 'filter.upper.clean', 'tr a-z A-Z'], { cwd: source, env });
  await writeFile(path.join(source, 'kernel/new.c'), 'new\n');
  await writeFile(path.join(source, 'kernel/new.o'), 'ignored\n');
  const directory = await checkedOut(t, shop, wanted);
  t.is(await readFile(path.join(directory, 'kernel/new.c'), 'utf8'), 'new\n');
  t.is(await readFile(path.join(directory, 'kernel/fork.c'), 'utf8'), 'edited\n');
  await t.throwsAsync(stat(path.join(directory, 'kernel/new.o')), { code: 'ENOENT' });
});
