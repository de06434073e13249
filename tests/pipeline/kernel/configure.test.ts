import { readFile, writeFile } from 'node:fs/promises';
import test, { type ExecutionContext } from 'ava';
import { HostError, UserError } from '../../../harness/model/index.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import { i386, s390x, x86_64 } from '../../../harness/targets/index.ts';
import { gcc, Workshop } from '../../support/fake-linux.ts';

async function open(t: ExecutionContext): Promise<Workshop> {
  const workshop = await Workshop.open();
  t.teardown(() => workshop.close());
  return workshop;
}

test('fragments are resolved over allnoconfig for each target', async (t) => {
  const shop = await open(t);
  const fragments = await shop.fragment('CONFIG_SMP=y\nCONFIG_NR_CPUS=4\n');
  for (const target of [x86_64, i386, s390x]) {
    const result = await configure({ source: await shop.source(), target, toolchain: gcc, fragments }, shop.context());
    t.is(result.outcome, 'pass', JSON.stringify(result.cause));
    const config = await readFile(result.config ?? '', 'utf8');
    t.regex(config, /^CONFIG_NR_CPUS=4$/m);
    t.regex(config, /^# CONFIG_PRINTK is not set$/m);
  }
});

test('a result in the store needs neither the tree nor make', async (t) => {
  const shop = await open(t);
  const request = {
    source: await shop.source(),
    target: x86_64,
    toolchain: gcc,
    fragments: await shop.fragment('CONFIG_SMP=y\n'),
  };
  const first = await configure(request, shop.context());
  const second = await configure(request, shop.context());
  t.deepEqual([first.reused, second.reused, shop.checkouts], [false, true, 1]);
  t.is(second.configHash, first.configHash);
  t.is(second.config, first.config);
  const third = await configure(request, shop.context({ fresh: true }));
  t.deepEqual([third.reused, shop.checkouts], [false, 2]);
});

test('lost options name fragment, line, both values and the reason', async (t) => {
  const shop = await open(t);
  const fragments = await shop.fragment(
    '# debugging\nCONFIG_DEBUG_LIST=y\nCONFIG_DEBUG_KERNAL=y\nCONFIG_SMP=y\nCONFIG_NR_CPUS=1000\n# CONFIG_BASE is not set\n',
  );
  const request = { source: await shop.source(), target: x86_64, toolchain: gcc, fragments };
  for (const reused of [false, true]) {
    const result = await configure(request, shop.context());
    const file = fragments[0]?.path ?? '';
    t.is(result.reused, reused);
    t.is(result.outcome, 'fail');
    t.is(result.cause?.blame, 'user');
    t.deepEqual(result.cause?.excerpt, [
      `${file}:2: CONFIG_DEBUG_LIST=y was asked for, but it came out as n`,
      '    its dependency DEBUG_KERNEL (init/Kconfig:29) is not met',
      `${file}:3: CONFIG_DEBUG_KERNAL=y was asked for, but it came out as n`,
      '    this tree has no such option; the nearest name is DEBUG_KERNEL',
      `${file}:5: CONFIG_NR_CPUS=1000 was asked for, but it came out as 64`,
      '    it must lie between 2 and 64',
      `${file}:6: CONFIG_BASE=n was asked for, but it came out as y`,
      "    it has no prompt, so a fragment can't set it",
    ]);
  }
});

test("an option that survived at the point before is the patch's fault", async (t) => {
  const shop = await open(t);
  const fragments = await shop.fragment('CONFIG_SMP=y\n');
  const common = { target: x86_64, toolchain: gcc, fragments };
  const previous = await configure({ ...common, source: await shop.source(0) }, shop.context());
  await shop.edit('init/Kconfig', 'config SMP', 'config MULTIPROCESSOR');
  await shop.edit('init/Kconfig', 'depends on SMP', 'depends on MULTIPROCESSOR');
  const result = await configure({ ...common, source: await shop.source(1), previous }, shop.context());
  t.is(result.outcome, 'fail');
  t.is(result.cause?.blame, 'kernel');
  t.regex(result.cause?.summary ?? '', /CONFIG_SMP/);
});

test('a broken Kconfig file is a result with its place', async (t) => {
  const shop = await open(t);
  await shop.edit('init/Kconfig', 'config SMP', 'confi SMP');
  const result = await configure(
    { source: await shop.source(1), target: x86_64, toolchain: gcc, fragments: await shop.fragment('') },
    shop.context(),
  );
  t.is(result.outcome, 'fail');
  t.is(result.cause?.blame, 'kernel');
  t.regex(result.cause?.excerpt.join('\n') ?? '', /init\/Kconfig:\d+: unknown statement "confi"/);
});

test("missing and contradicting fragments are the user's errors", async (t) => {
  const shop = await open(t);
  const common = { source: await shop.source(), target: x86_64, toolchain: gcc };
  const a = await shop.fragment('CONFIG_SMP=y\n', 'a.config');
  const b = await shop.fragment('\n# CONFIG_SMP is not set\n', 'b.config');
  const disagree = await t.throwsAsync(configure({ ...common, fragments: [...a, ...b] }, shop.context()), {
    instanceOf: UserError,
  });
  t.regex(disagree.message, /CONFIG_SMP: .*a\.config:1 says y, .*b\.config:2 says n/);
  await t.throwsAsync(configure({ ...common, fragments: [{ path: '/nowhere/x.config' }] }, shop.context()), {
    instanceOf: UserError,
    message: /no kconfig fragment \/nowhere\/x\.config/,
  });
  t.is(shop.checkouts, 0);
});

test("a missing cross compiler is the machine's fault and names the package", async (t) => {
  const shop = await open(t);
  const error = await t.throwsAsync(
    configure(
      {
        source: await shop.source(),
        target: s390x,
        toolchain: { ...gcc, cc: 'gcc-0.1' },
        fragments: await shop.fragment(''),
      },
      shop.context(),
    ),
    { instanceOf: HostError },
  );
  t.is(error.message, 'kernels for s390x need s390x-linux-gnu-gcc-0.1, which is not installed');
  t.regex(error.hint ?? '', /apt-get install --no-install-recommends gcc-0\.1-s390x-linux-gnu$/);
});

test("another version of the fragment's content is another result; another place of the same content is not", async (t) => {
  const shop = await open(t);
  const common = { source: await shop.source(), target: x86_64, toolchain: gcc };
  const first = await configure({ ...common, fragments: await shop.fragment('CONFIG_SMP=y\n', 'one') }, shop.context());
  const moved = await configure({ ...common, fragments: await shop.fragment('CONFIG_SMP=y\n', 'two') }, shop.context());
  await writeFile(`${shop.directory}/two`, 'CONFIG_SMP=y\nCONFIG_NR_CPUS=3\n');
  const changed = await configure({ ...common, fragments: [{ path: `${shop.directory}/two` }] }, shop.context());
  t.deepEqual([first.reused, moved.reused, changed.reused], [false, true, false]);
  t.not(changed.configHash, first.configHash);
});
