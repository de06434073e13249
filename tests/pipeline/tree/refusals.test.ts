import { readdir, stat, symlink, truncate } from 'node:fs/promises';
import test from 'ava';
import { execa } from 'execa';
import { create } from 'tar';
import { HostError, UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import { miniatureKernel, recipe, tarball, tarEndings, type Workshop, workshop } from '../../support/trees.ts';

test('what is no kernel is refused, and leaves nothing behind', async (t) => {
  const shop = await workshop(t);
  await shop.write('other/README', 'hello\n');
  const error = await t.throwsAsync(fetchTree(recipe({ kind: 'directory', path: shop.at('other') }), shop.context), {
    instanceOf: UserError,
  });
  t.regex(error.message, /is not a kernel/);
  t.deepEqual(
    (await readdir(shop.context.cache.trees)).filter((name) => /\.git$|partial/.test(name)),
    [],
  );
  const ends = shop.events.filter((event) => event.type === 'stage-end');
  t.like(ends[0], { stage: 'fetch', outcome: 'fail', cause: { blame: 'user' } });
});

test('a truncated tarball is said to be one, with its sum', async (t) => {
  const shop = await workshop(t);
  const source = await miniatureKernel(shop);
  for (const [ending, flag] of Object.entries(tarEndings)) {
    const file = await tarball(shop, source, flag, `linux-${ending}`);
    await truncate(file, Math.floor((await stat(file)).size / 2));
    const error = await t.throwsAsync(
      fetchTree(recipe({ kind: 'tarball', file: { urls: [file] } }), shop.context),
      { instanceOf: HostError },
      ending,
    );
    t.regex(error.message, new RegExp(`linux-${ending} is truncated or damaged`));
    t.regex(error.hint ?? '', /its sha256 is [0-9a-f]{64}/);
  }
  t.deepEqual(
    (await readdir(shop.context.cache.trees)).filter((name) => /\.git$|partial/.test(name)),
    [],
  );
});

test('a tampered tarball is refused before it is unpacked', async (t) => {
  const shop = await workshop(t);
  const file = await tarball(shop, await miniatureKernel(shop), '-z', 'linux.tar.gz');
  const source = { kind: 'tarball', file: { urls: [file], sha256: 'a'.repeat(64) } } as const;
  const error = await t.throwsAsync(fetchTree(recipe(source), shop.context), { instanceOf: UserError });
  t.regex(error.message, /linux\.tar\.gz has the wrong content: its sha256 is [0-9a-f]{64}, expected a{64}/);
});

/** Archives as an attacker would make them. */
/** Everything in the workshop but its cache, with sizes and times. */
async function outside(shop: Workshop): Promise<string[]> {
  const args = [shop.directory, '-path', shop.at('cache'), '-prune', '-o', '-type', 'f', '-printf', '%p %s %T@\n'];
  return (await execa('find', args)).stdout.split('\n').sort();
}

const escapes: Readonly<Record<string, (shop: Workshop, file: string) => Promise<unknown>>> = {
  'an entry above the top': async (shop, file) => {
    await shop.write('x/evil', 'evil');
    return execa('tar', ['-c', '-f', file, '-P', '-C', shop.at('x'), '--transform=s,^evil,linux/../../evil,', 'evil']);
  },
  'an absolute entry': async (shop, file) => {
    const evil = await shop.write('x/evil', 'evil');
    return execa('tar', ['-c', '-P', '-f', file, evil]);
  },
  'a link to an absolute path': async (shop, file) => {
    await shop.write('linux/Makefile', 'x');
    await symlink('/etc', shop.at('linux/etc'));
    return create({ file, cwd: shop.directory }, ['linux']);
  },
  'a link that leads out': async (shop, file) => {
    await shop.write('linux/sub/file', 'x');
    await symlink('../../x', shop.at('linux/sub/link'));
    return create({ file, cwd: shop.directory }, ['linux']);
  },
  'a file behind a link': async (shop, file) => {
    await shop.write('linux/Makefile', 'x');
    await symlink(shop.at('x'), shop.at('linux/link'));
    await shop.write('x/target', 'x');
    await execa('tar', ['-c', '-f', file, '-C', shop.directory, 'linux/link']);
    return execa('tar', ['-r', '-f', file, '-C', shop.at('x'), '--transform=s,^,linux/link/,', 'target']);
  },
  'a repository': async (shop, file) => {
    await shop.write('linux/sub/.git/config', 'x');
    return create({ file, cwd: shop.directory }, ['linux']);
  },
  'a pipe': async (shop, file) => {
    await shop.write('linux/Makefile', 'x');
    await execa('mkfifo', [shop.at('linux/pipe')]);
    return execa('tar', ['-c', '-f', file, '-C', shop.directory, 'linux']);
  },
};

for (const [what, make] of Object.entries(escapes)) {
  test(`a tarball with ${what} is refused and writes nothing outside`, async (t) => {
    const shop = await workshop(t);
    const file = shop.at('evil.tar');
    await make(shop, file);
    const before = await outside(shop);
    await t.throwsAsync(fetchTree(recipe({ kind: 'tarball', file: { urls: [file] } }), shop.context), {
      instanceOf: UserError,
      message: /evil\.tar holds/,
    });
    t.deepEqual(await outside(shop), before);
  });
}
