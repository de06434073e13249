import { chmod, mkdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { PreparedTree, Series } from '../../../harness/model/index.ts';
import { InterruptedError, UserError } from '../../../harness/model/index.ts';
import { readSeries } from '../../../harness/pipeline/series/read.ts';
import { openWorktree, type Worktree } from '../../../harness/pipeline/series/worktree.ts';
import { fetchTree } from '../../../harness/pipeline/tree/fetch.ts';
import {
  diffOf,
  forkChange,
  lines,
  mail,
  miniatureKernel,
  queue,
  recipe,
  schedChange,
  slabChange,
  spec,
  type Workshop,
  workshop,
} from '../../support/trees.ts';

interface Bench {
  readonly shop: Workshop;
  readonly tree: PreparedTree;
  readonly open: (
    patches: Readonly<Record<string, string>>,
    name?: string,
  ) => Promise<{ series: Series; worktree: Worktree }>;
}

async function bench(t: ExecutionContext): Promise<Bench> {
  const shop = await workshop(t);
  const tree = await fetchTree(recipe({ kind: 'directory', path: await miniatureKernel(shop) }), shop.context);
  return {
    shop,
    tree,
    async open(patches, name = 'mini') {
      const directory = await queue(shop, `queue-${name}`, patches);
      const series = await readSeries(spec(directory, { name }));
      const worktree = await openWorktree({ tree, series }, shop.context);
      t.teardown(() => worktree.close());
      return { series, worktree };
    },
  };
}

const three = {
  'one.patch': mail('fork: ten', diffOf(forkChange)),
  'two.patch': mail('sched: twenty', diffOf(schedChange)),
  'three.patch': mail('slab: thirty', diffOf(slabChange)),
};

async function checkout(worktree: Worktree, point: number): Promise<string> {
  const source = worktree.sources[point];
  if (source === undefined) throw new Error(`no source of point ${point}`);
  return source.checkout();
}

async function show(tree: PreparedTree, format: string, commit: string | undefined): Promise<string> {
  const args = ['-C', tree.repository, 'show', '--no-patch', `--format=${format}`, commit ?? ''];
  return (await execa('git', args)).stdout;
}

test('each patch is a commit with its author, date and message', async (t) => {
  const { tree, open } = await bench(t);
  const { worktree } = await open(three);
  t.deepEqual(
    worktree.points.map(({ point, outcome }) => [point, outcome]),
    [
      [0, 'pass'],
      [1, 'pass'],
      [2, 'pass'],
      [3, 'pass'],
    ],
  );
  const commit = worktree.points[1]?.commit;
  t.is(
    await show(tree, '%an <%ae>|%aI|%s', commit),
    'Jörg Tester <joerg@example.org>|2024-01-01T10:00:00+01:00|fork: ten',
  );
  const body = 'Why fork: ten is good.\n\nSigned-off-by: Jörg Tester <joerg@example.org>';
  t.is((await show(tree, '%b', commit)).trim(), body);
  t.is(await show(tree, '%P', worktree.points[2]?.commit), commit ?? '');
  t.is(worktree.sources[1]?.id, await show(tree, '%T', commit));
  t.is(new Set(worktree.sources.map((source) => source?.id)).size, 4);
});

test('applying checks nothing out; a checkout brings exact bytes', async (t) => {
  const { shop, open } = await bench(t);
  const { worktree } = await open(three);
  await t.throwsAsync(stat(worktree.directory), { code: 'ENOENT' });
  const directory = await checkout(worktree, 0);
  t.is(directory, worktree.directory);
  const left = await execa('diff', ['-r', '--no-dereference', shop.at('linux-6.1'), directory], { reject: false });
  t.is(left.stdout, '');
  t.is((await stat(path.join(directory, 'scripts/run.sh'))).mode & 0o111, 0o111);
  t.is(await readlink(path.join(directory, 'scripts/link')), '../kernel');
});

test('walking touches only the files of the patches between', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open(three);
  const directory = await checkout(worktree, 0);
  const files = ['kernel/fork.c', 'kernel/sched.c', 'mm/slab.c', 'Makefile', 'logo.bin'];
  const written = async (): Promise<bigint[]> =>
    Promise.all(files.map(async (file) => (await stat(path.join(directory, file), { bigint: true })).mtimeNs));
  const before = await written();
  await checkout(worktree, 2);
  const after = await written();
  t.deepEqual(
    files.filter((_, index) => before[index] !== after[index]),
    ['kernel/fork.c', 'kernel/sched.c'],
  );
  t.is(
    await readFile(path.join(directory, 'kernel/fork.c'), 'utf8'),
    lines(60, 'fork').replace('fork 10\n', 'fork ten\n'),
  );
  await checkout(worktree, 1);
  t.is(await readFile(path.join(directory, 'kernel/sched.c'), 'utf8'), lines(60, 'sched'));
});

test('equal content gives equal ids, and made points are used again', async (t) => {
  const first = await bench(t);
  const second = await bench(t);
  const one = await first.open(three);
  const two = await second.open(three);
  t.deepEqual(
    one.worktree.points.map(({ commit }) => commit),
    two.worktree.points.map(({ commit }) => commit),
  );
  t.false(one.worktree.points[3]?.reused);
  await one.worktree.close();
  const again = await first.open({ ...three, 'three.patch': mail('slab: 31', diffOf({ ...slabChange, line: 31 })) });
  t.deepEqual(
    again.worktree.points.map(({ reused }) => reused),
    [true, true, true, false],
  );
});

test('a patch that does not apply names file and hunk and shows the reject', async (t) => {
  const { shop, open } = await bench(t);
  const wrong = { ...schedChange, from: 'sched something else' };
  const { worktree } = await open({
    'one.patch': three['one.patch'],
    'two.patch': mail('two', diffOf(forkChange2, wrong)),
    'three.patch': three['three.patch'],
    'four.patch': mail('four', diffOf({ ...slabChange, line: 50 })),
  });
  const [, one, two, last, four] = worktree.points;
  t.is(one?.outcome, 'pass');
  t.like(two, { outcome: 'fail', cause: { blame: 'kernel' } });
  t.is(two?.cause?.summary, 'patch 2 (two.patch) does not apply: kernel/sched.c, hunk 1 at line 17');
  t.true(two?.cause?.excerpt.includes('-sched something else'));
  t.true(two?.cause?.excerpt.includes('20  sched 20'));
  t.like(last, { outcome: 'not-run', cause: { summary: 'not run: patch 2 does not apply', blame: 'kernel' } });
  t.like(four, { point: 4, outcome: 'not-run' });
  t.deepEqual(
    worktree.sources.map((source) => source?.point),
    [0, 1, undefined, undefined, undefined],
  );
  const ends = shop.events.filter((event) => event.type === 'stage-end' && event.stage === 'apply');
  t.like(ends[0], { outcome: 'fail', cause: { blame: 'kernel' } });
});

const forkChange2 = { ...forkChange, line: 40 };

test('a patch that fits only with less context is applied where that is allowed, and told in every run', async (t) => {
  const { shop, tree, open } = await bench(t);
  const other = diffOf(schedChange).replace(' sched 18\n', ' not there\n');
  const patches = { 'one.patch': mail('fork: ten', diffOf(forkChange)), 'two.patch': mail('sched: twenty', other) };
  const { series, worktree: strict } = await open(patches);
  t.is(strict.points[2]?.outcome, 'fail');
  await strict.close();
  const said =
    'patch 2 (two.patch) applies with fuzz: kernel/sched.c:18: ' +
    'the patch expects "not there", the tree has "sched 18"';
  for (const times of [1, 2]) {
    const loose = await openWorktree({ tree, series: { ...series, fuzz: 2 } }, shop.context);
    t.teardown(() => loose.close());
    t.is(loose.points[2]?.outcome, 'pass');
    t.is(shop.notes().filter((note) => note === said).length, times, shop.notes().join('\n'));
    const text = await readFile(path.join(await checkout(loose, 2), 'kernel/sched.c'), 'utf8');
    t.is(text, lines(60, 'sched').replace('sched 20\n', 'sched twenty\n'));
    await loose.close();
  }
  // With a fuzz of one, two lines on either side have to fit.
  const tight = await openWorktree({ tree, series: { ...series, fuzz: 1 } }, shop.context);
  t.teardown(() => tight.close());
  t.is(tight.points[2]?.outcome, 'fail');
  await tight.close();
  const again = await openWorktree({ tree, series }, shop.context);
  t.teardown(() => again.close());
  t.is(again.points[2]?.outcome, 'fail', 'what was applied loosely is not what fits');
});

test('a patch to a file that is not there says so', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open({ 'one.patch': mail('one', diffOf({ ...forkChange, file: 'kernel/none.c' })) });
  t.is(
    worktree.points[1]?.cause?.summary,
    'patch 1 (one.patch) does not apply: kernel/none.c: does not exist in the tree',
  );
});

test('a patch that stands in the tree already says so', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open({ 'one.patch': three['one.patch'], 'again.patch': three['one.patch'] });
  t.regex(worktree.points[2]?.cause?.summary ?? '', /patch 2 \(again\.patch\) .*has its changes already/);
});

test('a new file over one that exists does not apply', async (t) => {
  const { open } = await bench(t);
  const diff =
    'diff --git a/Makefile b/Makefile\nnew file mode 100644\n--- /dev/null\n+++ b/Makefile\n@@ -0,0 +1 @@\n+x\n';
  const { worktree } = await open({ 'one.patch': mail('one', diff) });
  t.is(worktree.points[1]?.cause?.summary, 'patch 1 (one.patch) does not apply: Makefile: already exists in the tree');
});

test('a patch cannot write through a link of the tree', async (t) => {
  const { open } = await bench(t);
  const diff =
    'diff --git a/scripts/link/x b/scripts/link/x\nnew file mode 100644\n--- /dev/null\n+++ b/scripts/link/x\n@@ -0,0 +1 @@\n+x\n';
  const { worktree } = await open({ 'one.patch': mail('one', diff) });
  t.like(worktree.points[1], { outcome: 'fail', cause: { blame: 'kernel' } });
});

test('a work tree in any state is put right by the first checkout', async (t) => {
  const { shop, open } = await bench(t);
  const first = await open(three);
  const directory = await checkout(first.worktree, 2);
  await first.worktree.close();
  await writeFile(path.join(directory, 'kernel/sched.c'), 'edited');
  await rm(path.join(directory, 'mm'), { recursive: true });
  await rm(path.join(directory, 'dos.txt'));
  await mkdir(path.join(directory, 'dos.txt', 'stray'), { recursive: true });
  await writeFile(path.join(directory, 'dos.txt', 'stray', 'file'), 'x');
  await writeFile(path.join(directory, 'kernel/stray.o'), 'x');
  await symlink('/etc', path.join(directory, 'kernel/etc'));
  await mkdir(path.join(directory, 'empty/.git'), { recursive: true });
  await chmod(path.join(directory, 'scripts/run.sh'), 0o644);
  await writeFile(`${directory}.index.lock`, 'stale');

  const second = await open(three);
  t.is(await checkout(second.worktree, 0), directory);
  const left = await execa('diff', ['-r', '--no-dereference', shop.at('linux-6.1'), directory], { reject: false });
  t.is(left.stdout, '');
  t.is((await stat(path.join(directory, 'scripts/run.sh'))).mode & 0o111, 0o111);
});

test('a damaged index only costs a new checkout', async (t) => {
  const { shop, open } = await bench(t);
  const first = await open(three);
  const directory = await checkout(first.worktree, 0);
  await first.worktree.close();
  await writeFile(`${directory}.index`, 'this is no index');
  await writeFile(path.join(directory, 'stray'), 'x');
  const second = await open(three);
  await checkout(second.worktree, 0);
  const left = await execa('diff', ['-r', '--no-dereference', shop.at('linux-6.1'), directory], { reject: false });
  t.is(left.stdout, '');
});

test('checkouts asked for at once happen one after the other', async (t) => {
  const { open } = await bench(t);
  const { worktree } = await open(three);
  await Promise.all([checkout(worktree, 0), checkout(worktree, 1), checkout(worktree, 2), checkout(worktree, 3)]);
  const text = await readFile(path.join(worktree.directory, 'mm/slab.c'), 'utf8');
  t.is(text, lines(60, 'slab').replace('slab 30\n', 'slab thirty\n'));
});

test('who comes second waits for the work tree and is told for whom', async (t) => {
  const { shop, open } = await bench(t);
  const first = await open(three);
  await checkout(first.worktree, 1);
  const second = await open(three);
  const waiting = checkout(second.worktree, 3);
  const told = (): boolean =>
    shop
      .notes()
      .some((note) =>
        /waiting for another quiltboot: using the work tree of series mini on mini \(pid \d+\)/.test(note),
      );
  while (!told()) await new Promise((resolve) => setTimeout(resolve, 10));
  const file = path.join(first.worktree.directory, 'mm/slab.c');
  t.is(await readFile(file, 'utf8'), lines(60, 'slab'));
  await first.worktree.close();
  await waiting;
  t.not(await readFile(file, 'utf8'), lines(60, 'slab'));
});

test('an interruption ends a checkout and leaves nothing that a later one would mind', async (t) => {
  const { shop, tree, open } = await bench(t);
  const { worktree, series } = await open(three);
  const pending = checkout(worktree, 3);
  shop.abort();
  await t.throwsAsync(pending, { instanceOf: InterruptedError });
  await worktree.close();
  const context = { ...shop.context, signal: new AbortController().signal };
  const again = await openWorktree({ tree, series }, context);
  t.teardown(() => again.close());
  await checkout(again, 0);
  const left = await execa('diff', ['-r', '--no-dereference', shop.at('linux-6.1'), again.directory], {
    reject: false,
  });
  t.is(left.stdout, '');
});

test("neither the user's configuration nor the tree's attributes act", async (t) => {
  const { shop, tree } = await bench(t);
  const marker = shop.at('hook-ran');
  await shop.write(
    'home/.gitconfig',
    `[core]\n\thooksPath = ${shop.at('hooks')}\n\tautocrlf = true\n[filter "upper"]\n\tclean = touch ${marker}\n\tsmudge = touch ${marker}\n[apply]\n\twhitespace = fix\n`,
  );
  await shop.write('hooks/post-checkout', `#!/bin/sh\ntouch ${marker}\n`);
  await chmod(shop.at('hooks/post-checkout'), 0o755);
  const directory = await queue(shop, 'q', {
    'one.patch': mail('one', diffOf({ ...forkChange, to: 'blanks behind  ' })),
  });
  const script = `
    import { openWorktree } from ${JSON.stringify(path.resolve('harness/pipeline/series/worktree.ts'))};
    import { readSeries } from ${JSON.stringify(path.resolve('harness/pipeline/series/read.ts'))};
    const { tree, spec, cache } = JSON.parse(process.argv[2]);
    const context = { cache, emit() {}, signal: new AbortController().signal, jobs: 1, guests: 1, fresh: false };
    const worktree = await openWorktree({ tree, series: await readSeries(spec) }, context);
    console.log(await worktree.sources[1].checkout());
    await worktree.close();
  `;
  const file = await shop.write('script.mts', script);
  const input = JSON.stringify({ tree, spec: spec(directory), cache: shop.context.cache });
  const env = { HOME: shop.at('home'), GIT_DIR: shop.at('nowhere'), GIT_INDEX_FILE: shop.at('no-index') };
  const { stdout } = await execa('node', ['--import=tsx', file, input], { env });
  t.is(await readFile(path.join(stdout, 'dos.txt'), 'utf8'), 'one\r\ntwo\r\n$Id$\n');
  t.true((await readFile(path.join(stdout, 'kernel/fork.c'), 'utf8')).includes('blanks behind  \n'));
  await t.throwsAsync(stat(marker), { code: 'ENOENT' });
});

test('a link that leads out of the tree is refused even when only git can read the patch', async (t) => {
  const { shop, tree } = await bench(t);
  const diff =
    'diff --git a/l b/l\nnew file mode 120000\n--- /dev/null\n+++ b/l\n@@ -0,0 +1 @@\n+/etc\n\\ No newline at end of file\n';
  const directory = await queue(shop, 'q', { 'one.patch': three['one.patch'] });
  const series = await readSeries(spec(directory));
  // The file changes between reading and applying, as somebody may do who edits the queue.
  await shop.write('q/one.patch', mail('link', diff));
  await t.throwsAsync(openWorktree({ tree, series }, shop.context), {
    instanceOf: UserError,
    message: /symbolic link to \/etc/,
  });
});
