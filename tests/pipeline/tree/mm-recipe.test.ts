/**
 * The recipe of the -mm tree, on a miniature of the same layout: the real one is a download of its own. What it holds is
 * read from the project file, so that the list of patches that are left out is the one that a user gets.
 */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { defined, type TreeRecipe, UserError } from '../../../harness/model/index.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import { parseProject } from '../../../harness/project/index.ts';
import { root } from '../../support/program.ts';
import {
  checkedOut,
  diffOf,
  forkChange,
  lines,
  miniatureKernel,
  queue,
  recipe,
  schedChange,
  slabChange,
  tarball,
  type Workshop,
  workshop,
} from '../../support/trees.ts';
import { serve, webServer } from '../../support/web-server.ts';

const file = path.join(root, 'quiltboot.yaml');

async function mm(): Promise<TreeRecipe> {
  const found = parseProject(await readFile(file, 'utf8'), file).trees['linux-2.6.22-rc6-mm1'];
  if (found?.quilt === undefined) throw new Error(`${file} has no recipe of the -mm tree`);
  return found;
}

/** Patches of the layer that have nothing to do with containers, before and behind those that are left out. */
const others = { 'origin.patch': diffOf(forkChange), 'later.patch': diffOf(slabChange) };

/** The recipe with its places replaced: a directory for the source, mirrors of a tarball of these patches for the layer. */
async function miniature(
  shop: Workshop,
  wanted: TreeRecipe,
  patches: Readonly<Record<string, string>>,
  mirrors: (tarball: Buffer) => Promise<string[]>,
): Promise<TreeRecipe> {
  const directory = await miniatureKernel(shop);
  const packed = await tarball(shop, await queue(shop, 'broken-out', patches), '-j', 'mm1-broken-out.tar.bz2');
  const { name, location } = wanted;
  const source = { kind: 'directory', path: directory } as const;
  return recipe(source, {
    name,
    ...defined({ location }),
    quilt: { minus: wanted.quilt?.minus ?? [], source: { tarball: { urls: await mirrors(await readFile(packed)) } } },
  });
}

/** All that the list names, each on top of the one before it. */
function leftOut(names: readonly string[]): Record<string, string> {
  const patches = names.map((name, index) => {
    const from = index === 0 ? {} : { from: `container ${index}` };
    return [name, diffOf({ ...schedChange, ...from, to: `container ${index + 1}` })] as const;
  });
  return Object.fromEntries(patches);
}

test('the -mm tree lacks the container patches that the series replaces, and has all others', async (t) => {
  const shop = await workshop(t);
  const wanted = await mm();
  const names = wanted.quilt?.minus ?? [];
  t.is(new Set(names).size, names.length);
  t.true(names.includes('containersv10-basic-container-framework-fix-3.patch'));
  const { 'origin.patch': first, 'later.patch': last } = others;
  const small = await miniature(
    shop,
    wanted,
    { 'origin.patch': first, ...leftOut(names), 'later.patch': last },
    async (bytes) => {
      const server = await webServer(t, { '/second.tar.bz2': serve(bytes) });
      return ['first', 'second'].map((name) => `${server.url}/${name}.tar.bz2`);
    },
  );
  const directory = await checkedOut(t, shop, small);
  const text = (name: string): Promise<string> => readFile(path.join(directory, name), 'utf8');
  t.is(await text('kernel/fork.c'), lines(60, 'fork').replace('fork 10\n', 'fork ten\n'));
  t.is(await text('mm/slab.c'), lines(60, 'slab').replace('slab 30\n', 'slab thirty\n'));
  t.is(await text('kernel/sched.c'), lines(60, 'sched'));
});

test('a container patch that the layer does not have is an error that names it and its place', async (t) => {
  const shop = await workshop(t);
  const wanted = await mm();
  const [missing = '', ...rest] = wanted.quilt?.minus ?? [];
  const small = await miniature(shop, wanted, { ...leftOut(rest), ...others }, async (bytes) => {
    const server = await webServer(t, { '/mm.tar.bz2': serve(bytes) });
    return [`${server.url}/mm.tar.bz2`];
  });
  const error = await t.throwsAsync(fetchTree(small, shop.context), { instanceOf: UserError });
  t.true(error.message.includes(`names the patch ${missing}, which is not in the layer`), error.message);
  t.is(error.location?.file, file);
});

test('a later patch that builds on what is left out is named, with the one that it builds on', async (t) => {
  const shop = await workshop(t);
  const wanted = await mm();
  const names = wanted.quilt?.minus ?? [];
  const memory = diffOf({ ...schedChange, from: `container ${names.length}`, to: 'memory' });
  const patches = { ...leftOut(names), 'memory-controller.patch': memory };
  const small = await miniature(shop, wanted, patches, async (bytes) => {
    const server = await webServer(t, { '/mm.tar.bz2': serve(bytes) });
    return [`${server.url}/mm.tar.bz2`];
  });
  const error = await t.throwsAsync(fetchTree(small, shop.context), { instanceOf: UserError });
  t.regex(error.message, /memory-controller\.patch of the quilt layer does not apply at kernel\/sched\.c/);
  t.true(error.message.includes(`${names[0] ?? ''}, which is left out, touches kernel/sched.c too`), error.message);
});
