import test from 'ava';
import { gatesOf } from '../../../harness/make/index.ts';

function tree(files: Readonly<Record<string, string>>): (file: string) => Promise<string | undefined> {
  return (file) => Promise.resolve(files[file]);
}

async function symbols(file: string, files: Readonly<Record<string, string>>): Promise<string[] | undefined> {
  const ways = await gatesOf(file, tree(files));
  return ways?.map((way) => way.map(({ symbol, negated }) => `${negated ? '!' : ''}${symbol}`).join(' '));
}

test('the option of an object, and those of the directories on the way to it', async (t) => {
  const files = {
    'drivers/Makefile': 'obj-y += char/\nobj-$(CONFIG_NET) += net/\n',
    'drivers/net/Makefile': 'obj-$(CONFIG_VENDOR) += vendor/\n',
    'drivers/net/vendor/Makefile': '# ours\nobj-$(CONFIG_CARD) += other.o \\\n\tcard.o\n',
  };
  t.deepEqual(await symbols('drivers/net/vendor/card.c', files), ['NET VENDOR CARD']);
});

test('a composite object, named by -y, -objs or an option of its own', async (t) => {
  const files = {
    'fs/Makefile': 'obj-$(CONFIG_EXT) += ext/\n',
    'fs/ext/Makefile': 'obj-$(CONFIG_EXT) += ext.o\next-y := a.o\next-$(CONFIG_EXT_B) += b.o\next-objs += c.o\n',
  };
  t.deepEqual(await symbols('fs/ext/a.c', files), ['EXT EXT']);
  t.deepEqual(await symbols('fs/ext/b.c', files), ['EXT EXT EXT_B']);
  t.deepEqual(await symbols('fs/ext/c.c', files), ['EXT EXT']);
});

test('conditions around a line, their opposite, and an object in a directory below', async (t) => {
  const files = {
    'kernel/Makefile':
      'ifeq ($(CONFIG_SMP),y)\nobj-y += up/one.o\nelse\nobj-y += none.o\nendif\nobj-$(CONFIG_Z) += z.o\n',
  };
  t.deepEqual(await symbols('kernel/up/one.c', files), ['SMP']);
  t.deepEqual(await symbols('kernel/none.c', files), ['!SMP']);
  t.deepEqual(await symbols('kernel/z.S', files), ['Z']);
});

test('a file that no makefile names has no way, a header is not asked, circles end', async (t) => {
  t.deepEqual(await symbols('kernel/dead.c', { 'kernel/Makefile': 'obj-y += live.o\n' }), []);
  t.is(await symbols('include/linux/x.h', {}), undefined);
  t.deepEqual(await symbols('k/a.c', { 'k/Makefile': 'b-y := a.o\na-y := b.o\n' }), []);
});
