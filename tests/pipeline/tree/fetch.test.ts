import { readdir, readFile, stat, symlink, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { create } from 'tar';
import { HostError, UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import { checkedOut, miniatureKernel, recipe, tarball, type Workshop, workshop } from '../../support/trees.ts';
import { gitServer, serve, webServer } from '../../support/web-server.ts';

async function differences(one: string, other: string): Promise<string> {
  return (await execa('diff', ['-r', '--no-dereference', one, other], { reject: false })).stdout;
}

const endings = { xz: '-J', bz2: '-j', gz: '-z', zst: '--zstd', plain: '' };

for (const [ending, flag] of Object.entries(endings)) {
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

/** A bare repository with the tag v1 on a directory's content. */
async function repository(shop: Workshop, source: string): Promise<string> {
  const bare = shop.at('linux.git');
  const env = {
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_AUTHOR_NAME: 'x',
    GIT_AUTHOR_EMAIL: 'x',
    GIT_COMMITTER_NAME: 'x',
    GIT_COMMITTER_EMAIL: 'x',
  };
  const git = async (...args: string[]): Promise<unknown> =>
    execa('git', ['--git-dir', bare, '--work-tree', source, ...args], { env });
  await execa('git', ['init', '-q', '--bare', '-b', 'main', bare], { env });
  await writeFile(path.join(bare, 'info', 'attributes'), '* -text -ident !filter\n');
  await git('add', '-A', '-f');
  await git('commit', '-q', '-m', 'one');
  await git('tag', '-a', 'v1', '-m', 'one');
  return bare;
}

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
  for (const [ending, flag] of Object.entries(endings)) {
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

/** Everything in the workshop but its cache, with sizes and times. */
async function outside(shop: Workshop): Promise<string[]> {
  const args = [shop.directory, '-path', shop.at('cache'), '-prune', '-o', '-type', 'f', '-printf', '%p %s %T@\n'];
  return (await execa('find', args)).stdout.split('\n').sort();
}

/** A program of its own that prepares a tree; it prints the result and every note. */
async function preparer(shop: Workshop): Promise<string> {
  return shop.write(
    'prepare.mts',
    `import { fetchTree } from ${JSON.stringify(path.resolve('harness/pipeline/tree/fetch.ts'))};
    const { recipe, cache } = JSON.parse(process.argv[2]);
    const emit = (event) => { if (event.type !== 'stage-progress' || process.argv[3] === 'all') console.log(JSON.stringify(event)); };
    const context = { cache, emit, signal: new AbortController().signal, jobs: 1, guests: 1, fresh: false };
    try {
      console.log(JSON.stringify({ type: 'tree', tree: await fetchTree(recipe, context) }));
    } catch (error) {
      console.log(JSON.stringify({ type: 'error', name: error.name, message: error.message }));
    }
    process.exit();\n`,
  );
}

interface Line {
  readonly type: string;
  readonly text?: string;
  readonly message?: string;
  readonly name?: string;
  readonly tree?: { readonly commit: string; readonly reused: boolean };
}

function parsed(stdout: string): Line[] {
  return stdout.split('\n').map((line) => JSON.parse(line) as Line);
}

test('two processes prepare the same tree at once: one does it, the other waits', async (t) => {
  const shop = await workshop(t);
  const bytes = await readFile(await tarball(shop, await miniatureKernel(shop), '-z', 'linux.tar.gz'));
  // The server holds the first one back until both are there.
  const server = await webServer(t, {
    '/linux.tar.gz': (request, response, count) => void delay(1000).then(() => serve(bytes)(request, response, count)),
  });
  const script = await preparer(shop);
  const wanted = recipe({ kind: 'tarball', file: { urls: [`${server.url}/linux.tar.gz`] } });
  const input = JSON.stringify({ recipe: wanted, cache: shop.context.cache });
  const run = async (): Promise<Line[]> => parsed((await execa('node', ['--import=tsx', script, input])).stdout);
  const [one, two] = await Promise.all([run(), run()]);
  const trees = [one, two].map((said) => said.find(({ type }) => type === 'tree')?.tree);
  t.is(trees[0]?.commit, trees[1]?.commit);
  t.is(trees.filter((tree) => tree?.reused === false).length, 1);
  t.deepEqual(server.requests, ['GET /linux.tar.gz']);
});

test('a preparation that is killed leaves nothing that looks complete, and the next one works', async (t) => {
  const shop = await workshop(t);
  const file = await tarball(shop, await miniatureKernel(shop), '-J', 'linux.tar.xz');
  const script = await preparer(shop);
  const wanted = recipe({ kind: 'tarball', file: { urls: [file] } });
  const input = JSON.stringify({ recipe: wanted, cache: shop.context.cache });
  for (const stop of ['unpacking', 'storing']) {
    const child = execa('node', ['--import=tsx', script, input, 'all'], { reject: false, buffer: false });
    child.stdout.on('data', (chunk: Buffer) => {
      if (chunk.toString().includes(stop)) child.kill('SIGKILL');
    });
    t.is((await child).signal, 'SIGKILL');
    t.deepEqual(
      (await readdir(shop.context.cache.trees)).filter((name) => name.endsWith('.git')),
      [],
    );
  }
  const tree = await fetchTree(wanted, shop.context);
  t.false(tree.reused);
  t.deepEqual(
    (await readdir(shop.context.cache.trees)).filter((name) => name.includes('partial')),
    [],
  );
});

test('a full disk is said plainly and leaves nothing behind', async (t) => {
  const shop = await workshop(t);
  const source = await miniatureKernel(shop);
  await shop.write('linux-6.1/big', new Uint8Array(8 * 2 ** 20));
  const file = await tarball(shop, source, '-z', 'linux.tar.gz');
  const script = await preparer(shop);
  const input = JSON.stringify({
    recipe: recipe({ kind: 'tarball', file: { urls: [file] } }),
    cache: shop.context.cache,
  });
  const limited = ['--fsize=4000000', 'node', '--import=tsx', script, input];
  const said = parsed((await execa('prlimit', limited, { env: { TSX_DISABLE_CACHE: '1' } })).stdout);
  t.like(said.at(-1), { type: 'error', name: 'HostError', message: 'cannot unpack linux.tar.gz: the disk is full' });
  t.deepEqual(
    (await readdir(shop.context.cache.trees)).filter((name) => /\.git$|partial/.test(name)),
    [],
  );
});

test('a remote repository is fetched; without a network, what was prepared before is used with a note', async (t) => {
  const shop = await workshop(t);
  await repository(shop, await miniatureKernel(shop));
  const server = await gitServer(t, shop.directory);
  const wanted = recipe({ kind: 'git', url: `${server.url}/linux.git`, ref: 'v1' });
  const tree = await fetchTree(wanted, shop.context);
  t.is(tree.kernelVersion, '6.1.99-mini');
  const missing = recipe({ kind: 'git', url: `${server.url}/linux.git`, ref: 'v2' });
  await t.throwsAsync(fetchTree(missing, shop.context), { instanceOf: UserError, message: /has no branch or tag v2/ });

  server.stop();
  const error = await t.throwsAsync(fetchTree(missing, shop.context), { instanceOf: HostError });
  t.true(error.retryable);
  t.like(await fetchTree(wanted, shop.context), { commit: tree.commit, reused: true });
  t.true(shop.notes().some((note) => /using the tree that was prepared before: .*#v1/.test(note)));
});
