/** Kernels that count what is executed of some of their objects. */
import { readFile } from 'node:fs/promises';
import test from 'ava';
import type { ConfigureResult, Source } from '../../../harness/model/index.ts';
import { build } from '../../../harness/pipeline/kernel/build.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import { allowedSources, whyNoCounters } from '../../../harness/pipeline/kernel/counted.ts';
import { purposeFragment } from '../../../harness/pipeline/run/instrumented.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import type { Workshop } from '../../support/fake-linux.ts';
import { gcc } from '../../support/fake-linux.ts';
import { makeKernel, openShop } from '../../support/make-kernel.ts';

async function configured(shop: Workshop, source: Source): Promise<ConfigureResult> {
  const fragments = [...(await shop.fragment('CONFIG_SMP=y\n')), purposeFragment('coverage')];
  return configure({ source, target: x86_64, toolchain: gcc, fragments }, shop.context());
}

/** Gives the miniature tree what kernels have: notes alone, for it has nothing that would count. */
async function withGcov(shop: Workshop): Promise<void> {
  await shop.edit(
    'init/Kconfig',
    'endmenu',
    'config DEBUG_FS\n\tbool "Files"\n\nconfig GCOV_KERNEL\n\tbool "Count"\n\tdepends on DEBUG_FS\n\nendmenu',
  );
  const flags = '$(if $(patsubst n%,,$(GCOV_PROFILE_$(notdir $@))$(GCOV_PROFILE)),-ftest-coverage)';
  await shop.edit(
    'Makefile',
    '$(KBUILD_CFLAGS) $(CFLAGS_$@) -c',
    `$(KBUILD_CFLAGS) $(CFLAGS_$@) $(if $(CONFIG_GCOV_KERNEL),${flags}) -c`,
  );
}

test.serial(
  'make compiles the touched objects with notes, which are kept, and says of which there are none',
  async (t) => {
    const shop = await openShop(t);
    await withGcov(shop);
    await shop.edit('kernel/Makefile', 'obj-y += late.o', 'obj-y += late.o\nGCOV_PROFILE_late.o := n');
    const source = await shop.source(0);
    const configure = await configured(shop, source);
    t.is(configure.outcome, 'pass', JSON.stringify(configure.cause));
    t.is(configure.unmet, undefined);
    t.is(whyNoCounters(await readFile(configure.config ?? '', 'utf8'), '6.1.99', []), undefined);
    const counting = await allowedSources(
      ['kernel/fork.c', 'kernel/absent.c', 'init/main.c', 'kernel/late.c'],
      shop.tree,
    );
    const result = await build({ source, target: x86_64, toolchain: gcc, configure, counting }, shop.context());
    t.is(result.outcome, 'pass', JSON.stringify(result.cause));
    t.deepEqual(result.counted?.sources, ['kernel/fork.c', 'init/main.c']);
    t.deepEqual(result.counted?.uncounted, [
      { path: 'kernel/late.c', reason: 'its makefile forbids counters (GCOV_PROFILE)' },
      { path: 'kernel/absent.c', reason: 'this kernel is not made with it' },
    ]);
    const notes = await readFile(`${result.counted?.directory ?? ''}/0.gcno`, 'latin1');
    t.true(notes.startsWith('oncg'));
    t.true(notes.includes('kernel/fork.c'));

    const plain = await build({ source, target: x86_64, toolchain: gcc, configure }, shop.context());
    t.is(plain.counted, undefined);
    t.false(plain.reused, 'a kernel that does not count is another one');
    const again = await build({ source, target: x86_64, toolchain: gcc, configure, counting }, shop.context());
    t.true(again.reused);
    t.deepEqual(again.counted, result.counted);
  },
);

test.serial('a kernel without gcov is built all the same, and says why it does not count', async (t) => {
  const shop = await openShop(t);
  const { outcome, config = '', unmet = [] } = await configured(shop, await shop.source(0));
  t.is(outcome, 'pass');
  t.is(unmet.length, 2);
  t.regex(unmet.join('\n'), /^CONFIG_GCOV_KERNEL is not set: /m);
  const text = await readFile(config, 'utf8');
  t.regex(whyNoCounters(text, '6.1.99', unmet) ?? '', /^CONFIG_DEBUG_FS is not set: /);
  t.is(whyNoCounters(text, '2.6.22', []), 'Linux 2.6.22 has no gcov, which came with 2.6.31');
  t.is((await makeKernel(shop)).counted, undefined);
});
