import test from 'ava';
import { makeKernel, openShop } from '../../support/make-kernel.ts';

test.serial('a compile error shows the way through the includes', async (t) => {
  const shop = await openShop(t);
  await shop.edit('include/linux/list.h', 'list->prev = list;', 'list->back = list;');
  const result = await makeKernel(shop, { point: 1 });
  t.is(result.outcome, 'fail');
  t.is(result.image, undefined);
  t.is(result.cause?.blame, 'kernel');
  t.regex(
    result.cause?.summary ?? '',
    /^the build failed: include\/linux\/list\.h:11:\d+: 'struct list_head' has no member named 'back'( \(and \d more\))?$/,
  );
  t.regex(
    result.cause?.excerpt.join('\n') ?? '',
    /^In file included from include\/linux\/sched\.h:4,\n +from (init|kernel)\/\w+\.c:\d[:,]/,
  );
  t.is(result.errors[0]?.file, 'include/linux/list.h');
  const reused = await makeKernel(shop, { point: 1 });
  t.true(reused.reused);
  t.deepEqual(reused.cause, result.cause);
  await shop.edit('include/linux/list.h', 'list->back = list;', 'list->prev = list;');
  t.is((await makeKernel(shop, { point: 2 })).outcome, 'pass');
});

test.serial('implicit declarations and undefined references are told apart', async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/fork.c', 'task->pid++;', 'cgroup_fork(task);');
  const implicit = await makeKernel(shop, { point: 1 });
  t.is(implicit.errors[0]?.option, '-Werror=implicit-function-declaration');
  t.is(implicit.errors[0]?.file, 'kernel/fork.c');
  await shop.edit('kernel/fork.c', 'extern struct', 'void cgroup_fork(struct task *task);\nextern struct');
  const undefinedReference = await makeKernel(shop, { point: 2 });
  t.regex(undefinedReference.cause?.summary ?? '', /undefined reference to `cgroup_fork'/);
  t.deepEqual(
    undefinedReference.errors.map((error) => error.object),
    ['vmlinux'],
  );
});

test.serial("a file that a makefile wants and the tree lacks is the kernel's fault", async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/Makefile', 'obj-y += fork.o', 'obj-y += fork.o\nobj-y += container.o');
  const result = await makeKernel(shop, { point: 1 });
  t.is(result.cause?.blame, 'kernel');
  t.regex(result.cause?.summary ?? '', /No rule to make target '[^']*kernel\/container\.c'/);
});

const claims = [
  ['a killed compiler', 'echo "gcc: fatal error: Killed signal terminated program cc1" >&2; exit 1'],
  ['a full disk', 'echo "/tmp/cc1.s: Fatal error: kernel/fork.o: No space left on device" >&2; exit 1'],
  ['a read-only disk', 'echo "ld: kernel/fork.o: Read-only file system" >&2; exit 1'],
  ['a missing tool', 'echo "/bin/sh: 1: lz4: not found" >&2; exit 1'],
] as const;

for (const [title, script] of claims) {
  test.serial(`a build that claims ${title}, of which the machine knows nothing, is the patch's failure`, async (t) => {
    const shop = await openShop(t);
    await shop.edit('Makefile', '\t@scripts/mkimage', `\t@${script}\n\t@scripts/mkimage`);
    const result = await makeKernel(shop, { point: 1 });
    t.is(result.outcome, 'fail');
    t.is(result.cause?.blame, 'kernel');
  });
}

test.serial('a patch cannot pass off its own error as a fault of the machine', async (t) => {
  const shop = await openShop(t);
  await shop.edit('kernel/fork.c', 'void fork_init', '#error No space left on device\nvoid fork_init');
  const result = await makeKernel(shop, { point: 1 });
  t.is(result.outcome, 'fail');
  t.is(result.cause?.blame, 'kernel');
});
