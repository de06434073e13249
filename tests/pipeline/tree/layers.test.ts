import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import {
  checkedOut,
  diffOf,
  forkChange,
  lines,
  mail,
  miniatureKernel,
  queue,
  recipe,
  schedChange,
  slabChange,
  tarball,
  workshop,
} from '../../support/trees.ts';

test('incremental patches, a quilt layer minus a list and a queue lie on each other', async (t) => {
  const shop = await workshop(t);
  const source = await miniatureKernel(shop);
  const file = await tarball(shop, source, '-J', 'linux.tar.xz');
  const incremental = await shop.write('patch-6.1.1', diffOf(forkChange).replaceAll(/^diff .*\n/gm, ''));
  await execa('bzip2', [incremental]);
  const quilt = await queue(shop, 'broken-out', {
    'sched.patch': diffOf(schedChange),
    'bad.patch': diffOf({ ...schedChange, line: 40, to: 'bad' }),
    'empty.patch': 'nothing in it\n',
    // It was made on top of bad.patch, whose line stands in its context.
    'fuzzy.patch': diffOf({ ...schedChange, line: 42, to: 'fuzzy' }).replace(' sched 40\n', ' bad\n'),
  });
  const own = await queue(shop, 'toolchain', { 'slab.patch': mail('slab: build it', diffOf(slabChange)) });
  const wanted = recipe(
    { kind: 'tarball', file: { urls: [file] } },
    {
      patches: [{ urls: [`${incremental}.bz2`] }],
      quilt: { source: { directory: quilt }, minus: ['bad.patch'] },
      queue: own,
    },
  );
  const directory = await checkedOut(t, shop, wanted);
  const text = async (name: string): Promise<string> => readFile(path.join(directory, name), 'utf8');
  t.is(await text('kernel/fork.c'), lines(60, 'fork').replace('fork 10\n', 'fork ten\n'));
  t.is(
    await text('kernel/sched.c'),
    lines(60, 'sched').replace('sched 20\n', 'sched twenty\n').replace('sched 42\n', 'fuzzy\n'),
  );
  t.is(await text('mm/slab.c'), lines(60, 'slab').replace('slab 30\n', 'slab thirty\n'));
  t.deepEqual(
    shop.notes().filter((note) => note.startsWith('fuzzy.patch')),
    [
      'fuzzy.patch of the quilt layer applies with fuzz: kernel/sched.c:40: ' +
        'the patch expects "bad", the tree has "sched 40"',
    ],
  );

  const packed = await tarball(shop, quilt, '-z', 'broken-out.tar.gz');
  const other = await fetchTree(
    { ...wanted, quilt: { source: { tarball: { urls: [packed] } }, minus: ['bad.patch'] } },
    shop.context,
  );
  t.is(other.commit, (await fetchTree(wanted, shop.context)).commit);
});

test('a patch of the layer that does not fit any more is taken from the project, refreshed', async (t) => {
  const shop = await workshop(t);
  const directory = await miniatureKernel(shop);
  const quilt = await queue(shop, 'broken-out', {
    'base.patch': diffOf({ ...schedChange, to: 'something new' }),
    'top.patch': diffOf({ ...schedChange, from: 'something new', to: 'newer' }),
  });
  const source = { kind: 'directory', path: directory } as const;
  const layer = { source: { directory: quilt }, minus: ['base.patch'] };
  const stale = await t.throwsAsync(fetchTree(recipe(source, { quilt: layer }), shop.context), {
    instanceOf: UserError,
  });
  t.regex(stale.hint ?? '', /put a top\.patch that fits into the directory named by "refreshed"/);

  const refreshed = shop.at('refreshed');
  const wanted = recipe(source, { quilt: { ...layer, refreshed } });
  const none = await t.throwsAsync(fetchTree(wanted, shop.context), { instanceOf: UserError });
  t.true(none.message.includes(`there are no refreshed patches in ${refreshed}`), none.message);

  await shop.write('refreshed/top.patch', diffOf({ ...schedChange, to: 'newer' }));
  const text = async (): Promise<string> =>
    readFile(path.join(await checkedOut(t, shop, wanted), 'kernel/sched.c'), 'utf8');
  t.is(await text(), lines(60, 'sched').replace('sched 20\n', 'newer\n'));
  await shop.write('refreshed/top.patch', diffOf({ ...schedChange, to: 'newest' }));
  t.is(await text(), lines(60, 'sched').replace('sched 20\n', 'newest\n'));

  await shop.write('refreshed/base.patch', diffOf(schedChange));
  await t.throwsAsync(fetchTree(wanted, shop.context), {
    instanceOf: UserError,
    message: /refreshed\/base\.patch takes the place of none: the layer has no base\.patch, or leaves it out/,
  });
});

test("a patch of the tree's own queue may fit loosely where the recipe allows it; every use of the tree tells it", async (t) => {
  const shop = await workshop(t);
  const source = { kind: 'directory', path: await miniatureKernel(shop) } as const;
  const own = await queue(shop, 'toolchain', { 'slab.patch': diffOf(slabChange).replace(' slab 32\n', ' other\n') });
  const strict = await t.throwsAsync(fetchTree(recipe(source, { queue: own }), shop.context), {
    instanceOf: UserError,
  });
  t.regex(strict.message, /patch slab\.patch of the queue .* does not apply at mm\/slab\.c:27/);
  const said =
    'slab.patch of the queue of tree mini applies with fuzz: mm/slab.c:32: ' +
    'the patch expects "other", the tree has "slab 32"';
  const wanted = recipe(source, { queue: own, fuzz: 2 });
  t.false((await fetchTree(wanted, shop.context)).reused);
  t.deepEqual(shop.notes(), [said]);
  t.true((await fetchTree(wanted, shop.context)).reused);
  t.deepEqual(shop.notes(), [said, said]);
});

test('a layer that does not apply names what was left out below it', async (t) => {
  const shop = await workshop(t);
  const directory = await miniatureKernel(shop);
  const quilt = await queue(shop, 'broken-out', {
    'base.patch': diffOf({ ...schedChange, to: 'something new' }),
    'other.patch': diffOf(slabChange),
    'top.patch': diffOf({ ...schedChange, from: 'something new', to: 'newer' }),
  });
  const location = { file: 'quiltboot.yaml', line: 7 };
  const source = { kind: 'directory', path: directory } as const;
  const wanted = recipe(source, {
    quilt: { source: { directory: quilt }, minus: ['base.patch', 'other.patch'] },
    location,
  });
  const error = await t.throwsAsync(fetchTree(wanted, shop.context), { instanceOf: UserError });
  t.regex(
    error.message,
    /patch top\.patch of the quilt layer does not apply at kernel\/sched\.c:17; base\.patch, which is left out, touches kernel\/sched\.c too/,
  );
  t.false(error.message.includes('other.patch'));
  t.deepEqual(error.location, location);
  const unknown = recipe(source, { quilt: { source: { directory: quilt }, minus: ['bse.patch'] }, location });
  await t.throwsAsync(fetchTree(unknown, shop.context), {
    instanceOf: UserError,
    message: /minus list names the patch bse\.patch/,
  });
  t.deepEqual(
    (await readdir(shop.context.cache.trees)).filter((name) => /\.git$|partial/.test(name)),
    [],
  );
});
