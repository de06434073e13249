import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { compiledObjects, makeKernel, openShop, withWarning } from '../../support/make-kernel.ts';

test.serial('a new warning fails the point and names its place', async (t) => {
  const shop = await openShop(t);
  const previous = await makeKernel(shop);
  await shop.edit('kernel/fork.c', ...withWarning);
  const result = await makeKernel(shop, { point: 1, previous });
  t.is(result.outcome, 'fail');
  t.is(result.cause?.blame, 'kernel');
  t.is(result.cause?.summary, "a new warning: kernel/fork.c:8:13: unused variable 'unused'");
  t.regex(result.cause?.excerpt.join('\n') ?? '', /In function 'fork_init'.*int unused;.*\^~~~~~/s);
  t.deepEqual(result.newWarnings, [
    {
      severity: 'warning',
      file: 'kernel/fork.c',
      line: 8,
      column: 13,
      message: "unused variable 'unused'",
      option: '-Wunused-variable',
      object: 'kernel/fork.o',
    },
  ]);
  t.true(result.image !== undefined, 'the kernel itself was built');
});

test.serial('old warnings hold on without being compiled again, and are not new when their lines move', async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/fork.c', ...withWarning);
  const first = await makeKernel(shop);
  t.is(first.outcome, 'pass', 'at point 0 nothing is compared');
  await shop.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
  const second = await makeKernel(shop, { point: 1, previous: first });
  t.deepEqual(await compiledObjects(second), ['kernel/sched.o']);
  t.is(second.outcome, 'pass');
  t.deepEqual(second.warnings, first.warnings);
  await shop.edit('kernel/fork.c', 'extern struct', '\n\nextern struct');
  const third = await makeKernel(shop, { point: 2, previous: second });
  t.is(third.outcome, 'pass');
  t.is(third.warnings[0]?.line, 10);
});

test.serial('where it is not known any more what warned, everything is compiled again', async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/fork.c', ...withWarning);
  const first = await makeKernel(shop);
  const { builds } = shop.context().cache;
  const [name = ''] = await readdir(builds);
  const memory = path.join(builds, name, 'own', 'warnings.json');
  const text = await readFile(memory, 'utf8');
  await writeFile(memory, text.slice(0, text.length / 2));
  await shop.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
  const second = await makeKernel(shop, { point: 1 });
  t.true((await compiledObjects(second)).includes('kernel/fork.o'));
  t.deepEqual(second.warnings, first.warnings);
  const notes = shop.events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
  t.is(notes.filter((note) => /warnings\.json is damaged, .*; everything is compiled again$/.test(note)).length, 1);
});

test.serial('warnings of headers that are reached through a link in the build directory hold on', async (t) => {
  const shop = await openShop(t);
  const link = '$(shell ln -sfn $(srctree)/include include2)\n';
  await shop.edit('Makefile', 'all: bzImage', `${link}all: bzImage`);
  await shop.edit('Makefile', '-I$(srctree)/include -Iinclude', '-Iinclude2 -Iinclude');
  await shop.edit('Makefile', '$(HOSTCC) -Wall', '$(HOSTCC) -Wall -Iinclude2');
  await shop.edit('include/linux/list.h', 'list->next = list', 'int unused;\n\tlist->next = list');
  await shop.edit('scripts/mkimage.c', '#include <stdio.h>', '#include <stdio.h>\n#include <linux/list.h>');
  const first = await makeKernel(shop);
  t.is(first.warnings.length, 1);
  t.is(first.warnings[0]?.file, 'include2/linux/list.h');
  await shop.edit('scripts/mkimage.c', '#include <linux/list.h>', '#include <linux/../linux/list.h>');
  await shop.edit('include/linux/list.h', 'int unused;', '');
  await shop.edit('include/linux/list.h', '#endif', 'static int only_hosts;\n#endif');
  const second = await makeKernel(shop, { point: 1 });
  await shop.edit('kernel/late.c', 'happens at the end', 'happens last');
  const third = await makeKernel(shop, { point: 2, previous: second });
  t.deepEqual(await compiledObjects(third), ['kernel/late.o']);
  t.deepEqual(third.warnings, second.warnings);
  t.true(third.warnings.some(({ object }) => object === 'scripts/mkimage'));
});

test.serial('an object that comes from ccache still has its warnings', async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/fork.c', ...withWarning);
  const first = await makeKernel(shop);
  const { builds, store, ccache } = shop.context().cache;
  for (const directory of [builds, store]) await rm(directory, { recursive: true });
  t.true((await readdir(path.join(ccache, 'own'))).length > 0);
  const second = await makeKernel(shop);
  t.false(second.reused);
  t.is(second.imageHash, first.imageHash);
  t.deepEqual(second.warnings, first.warnings);
  t.is(second.warnings.length, 1);
});

test.serial(
  'a warning of an object that is no longer linked does not count, and counts again when it is',
  async (t) => {
    const shop = await openShop(t);
    await shop.edit('kernel/ipi.c', 'int ipi_pending', 'static int unused;\nint ipi_pending');
    const on = await makeKernel(shop);
    t.is(on.warnings.length, 1);
    const off = await makeKernel(shop, { fragment: '# CONFIG_SMP is not set\n', point: 1 });
    t.deepEqual(off.warnings, []);
    await shop.edit('kernel/late.c', 'happens at the end', 'happens last');
    const again = await makeKernel(shop, { point: 2, previous: off });
    t.false((await compiledObjects(again)).includes('kernel/ipi.o'));
    t.is(again.newWarnings?.length, 1);
  },
);
