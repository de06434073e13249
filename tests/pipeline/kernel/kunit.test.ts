import { readFile } from 'node:fs/promises';
import test from 'ava';
import { kunitFragment } from '../../../harness/pipeline/kernel/kunit.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { Workshop } from '../../support/fake-linux.ts';

const words = ['kunit:reel-core', 'suites/mine.ts'];

test('KUnit is on at points before its suites, which bring their own options alone', async (t) => {
  const shop = await Workshop.open();
  t.teardown(() => shop.close());
  const optionsOf = async (): Promise<readonly string[]> => {
    const [fragment, ...more] = await kunitFragment(
      words,
      { source: await shop.source(), target: x86_64 },
      shop.context(),
    );
    t.deepEqual(more, []);
    const text = fragment === undefined ? '' : await readFile(fragment.path, 'utf8');
    return text.split('\n').filter((line) => line.startsWith('CONFIG_'));
  };
  t.deepEqual(await optionsOf(), [], 'a kernel without KUnit');
  await shop.write('tree/lib/kunit/test.c', '/* The framework. */\n');
  const text = await readFile(`${shop.tree}/init/Kconfig`, 'utf8');
  await shop.write(
    'tree/init/Kconfig',
    `${text}\nconfig KUNIT\n\tbool "KUnit"\n\nconfig REEL_TEST\n\tbool "R"\n\tdepends on KUNIT\n`,
  );
  t.deepEqual(await optionsOf(), ['CONFIG_KUNIT=y']);
  const makefile = await readFile(`${shop.tree}/kernel/Makefile`, 'utf8');
  await shop.write('tree/kernel/Makefile', `${makefile}\nobj-$(CONFIG_REEL_TEST) += reel-test.o\n`);
  await shop.write('tree/kernel/reel-test.c', 'struct kunit_suite reel = { .name = "reel-core" };\n');
  t.deepEqual(await optionsOf(), ['CONFIG_KUNIT=y', 'CONFIG_REEL_TEST=y']);
});
