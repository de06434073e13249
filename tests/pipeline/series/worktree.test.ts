import { chmod, mkdir, readFile, readlink, rm, stat, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { execa } from 'execa';
import { InterruptedError } from '../../../harness/model/index.ts';
import { openWorktree } from '../../../harness/pipeline/series/worktree.ts';
import { diffOf, forkChange, lines, mail, queue, spec } from '../../support/trees.ts';
import { bench, checkout, three } from '../../support/worktrees.ts';

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
