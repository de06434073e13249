import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { HostError, UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import { miniatureKernel, recipe, repository, tarball, type Workshop, workshop } from '../../support/trees.ts';
import { gitServer, serve, webServer } from '../../support/web-server.ts';

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
