import { readdir, readFile, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { runProcess } from '../../../harness/host/process.ts';
import { type BuildResult, type Context, InterruptedError, type Target } from '../../../harness/model/index.ts';
import { build } from '../../../harness/pipeline/kernel/build.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import { i386, s390x, x86_64 } from '../../../harness/targets/index.ts';
import { gcc, Workshop } from '../../support/fake-linux.ts';
import { pathWithout } from '../../support/path-without.ts';

const realPath = process.env.PATH ?? '';

async function open(t: ExecutionContext): Promise<Workshop> {
  const workshop = await Workshop.open();
  t.teardown(async () => {
    process.env.PATH = realPath;
    await workshop.close();
  });
  return workshop;
}

interface Options {
  readonly target?: Target;
  readonly context?: Context;
  readonly fragment?: string;
  readonly previous?: BuildResult;
  readonly point?: number;
}

async function make(shop: Workshop, options: Options = {}): Promise<BuildResult> {
  const context = options.context ?? shop.context();
  const target = options.target ?? x86_64;
  const source = await shop.source(options.point ?? 0);
  const fragments = await shop.fragment(options.fragment ?? 'CONFIG_SMP=y\n');
  const configured = await configure({ source, target, toolchain: gcc, fragments }, context);
  const previous = options.previous === undefined ? {} : { previous: options.previous };
  return build({ source, target, toolchain: gcc, configure: configured, ...previous }, context);
}

/** The objects that the last make compiled. */
async function compiled(result: BuildResult): Promise<string[]> {
  const log = await readFile(result.log, 'utf8');
  return [...log.matchAll(/^ {2}CC +(\S+)$/gm)].map((match) => match[1] ?? '').sort();
}

const withWarning = ['void fork_init(void)\n{', 'void fork_init(void)\n{\n\tint unused;\n'] as const;

test.serial('every target gets its image, symbols, sizes and log', async (t) => {
  const shop = await open(t);
  for (const target of [x86_64, i386, s390x]) {
    const result = await make(shop, { target });
    t.is(result.outcome, 'pass', JSON.stringify(result.cause));
    const image = await readFile(result.image ?? '', 'utf8');
    const arch = target.kernelLayout('6.1.99').arch;
    t.true(image.startsWith(`fake-linux 6.1.99 ${arch}\n`));
    t.regex(image, /^log Linux version 6\.1\.99 \(quiltboot@quiltboot\) #1 Thu Jan +1 00:00:00 UTC 1970$/m);
    t.regex(await readFile(result.systemMap ?? '', 'utf8'), / T start_kernel$/m);
    t.true((result.size?.text ?? 0) > 0);
    t.regex(await readFile(result.symbolSizes ?? '', 'utf8'), /^start_kernel text \d+$/m);
    t.deepEqual(result.warnings, []);
    t.is(result.newWarnings, undefined);
    t.true((await stat(result.vmlinux ?? '')).size > 0);
    t.regex(await readFile(result.configFile, 'utf8'), /^CONFIG_SMP=y$/m);
  }
  const ends = shop.events.filter((event) => event.type === 'stage-end' && event.stage === 'build');
  t.is(ends.length, 3);
});

test.serial('images are equal wherever the sources lie, and name no place of the machine', async (t) => {
  const [one, other] = [await open(t), await open(t)];
  const [first, second] = [await make(one), await make(other)];
  t.is(first.imageHash, second.imageHash);
  t.false((await readFile(first.image ?? '', 'utf8')).includes(one.directory));
});

test.serial('a result in the store needs neither the tree nor make', async (t) => {
  const shop = await open(t);
  const first = await make(shop);
  const before = shop.checkouts;
  const second = await make(shop);
  t.deepEqual([first.reused, second.reused], [false, true]);
  t.is(shop.checkouts, before);
  t.deepEqual({ ...second, ms: 0, reused: false }, { ...first, ms: 0 });
  const third = await make(shop, { context: shop.context({ fresh: true }) });
  t.false(third.reused);
  t.is((await compiled(third)).length, (await compiled(first)).length, 'a fresh run finds nothing');
  t.is(third.imageHash, first.imageHash);
});

test.serial('only what depends on a change is compiled, and the image is that of a clean build', async (t) => {
  const shop = await open(t);
  await make(shop);
  await shop.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
  const second = await make(shop, { point: 1 });
  t.deepEqual(await compiled(second), ['kernel/fork.o']);
  await shop.edit('include/linux/list.h', 'list->next = list', 'list->next = (list)');
  const third = await make(shop, { point: 2 });
  t.deepEqual(await compiled(third), ['init/main.o', 'kernel/fork.o', 'kernel/sched.o']);

  const clean = await open(t);
  await clean.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
  await clean.edit('include/linux/list.h', 'list->next = list', 'list->next = (list)');
  t.is((await make(clean)).imageHash, third.imageHash);
});

test.serial('a new warning fails the point and names its place', async (t) => {
  const shop = await open(t);
  const previous = await make(shop);
  await shop.edit('kernel/fork.c', ...withWarning);
  const result = await make(shop, { point: 1, previous });
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
  const shop = await open(t);
  await shop.edit('kernel/fork.c', ...withWarning);
  const first = await make(shop);
  t.is(first.outcome, 'pass', 'at point 0 nothing is compared');
  await shop.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
  const second = await make(shop, { point: 1, previous: first });
  t.deepEqual(await compiled(second), ['kernel/sched.o']);
  t.is(second.outcome, 'pass');
  t.deepEqual(second.warnings, first.warnings);
  await shop.edit('kernel/fork.c', 'extern struct', '\n\nextern struct');
  const third = await make(shop, { point: 2, previous: second });
  t.is(third.outcome, 'pass');
  t.is(third.warnings[0]?.line, 10);
});

test.serial('warnings of headers that are reached through a link in the build directory hold on', async (t) => {
  const shop = await open(t);
  const link = '$(shell ln -sfn $(srctree)/include include2)\n';
  await shop.edit('Makefile', 'all: bzImage', `${link}all: bzImage`);
  await shop.edit('Makefile', '-I$(srctree)/include -Iinclude', '-Iinclude2 -Iinclude');
  await shop.edit('Makefile', '$(HOSTCC) -Wall', '$(HOSTCC) -Wall -Iinclude2');
  await shop.edit('include/linux/list.h', 'list->next = list', 'int unused;\n\tlist->next = list');
  await shop.edit('scripts/mkimage.c', '#include <stdio.h>', '#include <stdio.h>\n#include <linux/list.h>');
  const first = await make(shop);
  t.is(first.warnings.length, 1);
  t.is(first.warnings[0]?.file, 'include2/linux/list.h');
  await shop.edit('scripts/mkimage.c', '#include <linux/list.h>', '#include <linux/../linux/list.h>');
  await shop.edit('include/linux/list.h', 'int unused;', '');
  await shop.edit('include/linux/list.h', '#endif', 'static int only_hosts;\n#endif');
  const second = await make(shop, { point: 1 });
  await shop.edit('kernel/late.c', 'happens at the end', 'happens last');
  const third = await make(shop, { point: 2, previous: second });
  t.deepEqual(await compiled(third), ['kernel/late.o']);
  t.deepEqual(third.warnings, second.warnings);
  t.true(third.warnings.some(({ object }) => object === 'scripts/mkimage'));
});

test.serial('an object that comes from ccache still has its warnings', async (t) => {
  const shop = await open(t);
  await shop.edit('kernel/fork.c', ...withWarning);
  const first = await make(shop);
  const { builds, store, ccache } = shop.context().cache;
  for (const directory of [builds, store]) await rm(directory, { recursive: true });
  t.true((await readdir(path.join(ccache, 'own'))).length > 0);
  const second = await make(shop);
  t.false(second.reused);
  t.is(second.imageHash, first.imageHash);
  t.deepEqual(second.warnings, first.warnings);
  t.is(second.warnings.length, 1);
});

test.serial(
  'a warning of an object that is no longer linked does not count, and counts again when it is',
  async (t) => {
    const shop = await open(t);
    await shop.edit('kernel/ipi.c', 'int ipi_pending', 'static int unused;\nint ipi_pending');
    const on = await make(shop);
    t.is(on.warnings.length, 1);
    const off = await make(shop, { fragment: '# CONFIG_SMP is not set\n', point: 1 });
    t.deepEqual(off.warnings, []);
    await shop.edit('kernel/late.c', 'happens at the end', 'happens last');
    const again = await make(shop, { point: 2, previous: off });
    t.false((await compiled(again)).includes('kernel/ipi.o'));
    t.is(again.newWarnings?.length, 1);
  },
);

test.serial('a compile error shows the way through the includes', async (t) => {
  const shop = await open(t);
  await shop.edit('include/linux/list.h', 'list->prev = list;', 'list->back = list;');
  const result = await make(shop, { point: 1 });
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
  const reused = await make(shop, { point: 1 });
  t.true(reused.reused);
  t.deepEqual(reused.cause, result.cause);
  await shop.edit('include/linux/list.h', 'list->back = list;', 'list->prev = list;');
  t.is((await make(shop, { point: 2 })).outcome, 'pass');
});

test.serial('implicit declarations and undefined references are told apart', async (t) => {
  const shop = await open(t);
  await shop.edit('kernel/fork.c', 'task->pid++;', 'cgroup_fork(task);');
  const implicit = await make(shop, { point: 1 });
  t.is(implicit.errors[0]?.option, '-Werror=implicit-function-declaration');
  t.is(implicit.errors[0]?.file, 'kernel/fork.c');
  await shop.edit('kernel/fork.c', 'extern struct', 'void cgroup_fork(struct task *task);\nextern struct');
  const undefinedReference = await make(shop, { point: 2 });
  t.regex(undefinedReference.cause?.summary ?? '', /undefined reference to `cgroup_fork'/);
  t.deepEqual(
    undefinedReference.errors.map((error) => error.object),
    ['vmlinux'],
  );
});

test.serial("a file that a makefile wants and the tree lacks is the kernel's fault", async (t) => {
  const shop = await open(t);
  await shop.edit('kernel/Makefile', 'obj-y += fork.o', 'obj-y += fork.o\nobj-y += container.o');
  const result = await make(shop, { point: 1 });
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
    const shop = await open(t);
    await shop.edit('Makefile', '\t@scripts/mkimage', `\t@${script}\n\t@scripts/mkimage`);
    const result = await make(shop, { point: 1 });
    t.is(result.outcome, 'fail');
    t.is(result.cause?.blame, 'kernel');
  });
}

test.serial('a patch cannot pass off its own error as a fault of the machine', async (t) => {
  const shop = await open(t);
  await shop.edit('kernel/fork.c', 'void fork_init', '#error No space left on device\nvoid fork_init');
  const result = await make(shop, { point: 1 });
  t.is(result.outcome, 'fail');
  t.is(result.cause?.blame, 'kernel');
});

test.serial('the build can neither write to the tree nor see other files, plugins or a network', async (t) => {
  const shop = await open(t);
  const secret = await shop.write('secret', 'secret');
  await shop.edit(
    'kernel/Makefile',
    'obj-y += fork.o',
    [
      'obj-y += fork.o',
      '$(info tree:$(shell touch $(srctree)/kernel/written 2>/dev/null && echo writable))',
      `$(info other:$(shell cat ${secret} 2>/dev/null))`,
      '$(info plugins:$(shell ls /usr/lib/bfd-plugins /usr/lib/*/bfd-plugins 2>/dev/null | grep [.]so))',
      '$(info net:$(shell tail -n +3 /proc/net/dev | grep -v lo:))',
      '$(info user:$(USER_SECRET))',
    ].join('\n'),
  );
  process.env.USER_SECRET = 'secret';
  const result = await make(shop);
  const log = await readFile(result.log, 'utf8');
  if (shop.events.some((event) => event.type === 'note' && event.text.includes('without a sandbox'))) {
    t.log('this machine has no sandbox');
    return t.regex(log, /^user:$/m);
  }
  for (const line of ['tree:', 'other:', 'plugins:', 'net:', 'user:']) t.regex(log, new RegExp(`^${line}$`, 'm'));
});

/** Ids of processes of a build whose PATH begins with a directory. */
async function processesOf(bin: string): Promise<string[]> {
  const left: string[] = [];
  for (const pid of (await readdir('/proc')).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, 'latin1').catch(() => '');
    if (environment.includes(`${bin}:`) && environment.includes('KBUILD_BUILD_USER')) left.push(pid);
  }
  return left;
}

test.serial(
  'an interrupted make leaves no process behind, and the next one does not take half an object for whole',
  async (t) => {
    const shop = await open(t);
    await make(shop);
    await shop.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
    await shop.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
    // What a compiler leaves that is killed while it writes: a beginning of the object, newer than the source.
    const bin = await shop.tool(
      'gcc',
      [
        `case "$*" in`,
        `*"-c "*kernel/fork.c*) while [ $# -gt 1 ]; do [ "$1" = -o ] && printf '\\177ELF' > "$2"; shift; done`,
        `  echo "  CC      stuck"; exec sleep 1000;;`,
        `esac`,
        `PATH=${realPath} exec gcc "$@"`,
      ].join('\n'),
    );
    process.env.PATH = `${bin}:${realPath}`;
    const stop = new AbortController();
    const context = shop.context({ signal: stop.signal });
    const building = make(shop, { context, point: 1 });
    const object = async (): Promise<string> => {
      const names = await readdir(shop.context().cache.builds).catch(() => []);
      const file = path.join(shop.context().cache.builds, names[0] ?? '', 'out/kernel/fork.o');
      return readFile(file, 'latin1').catch(() => '');
    };
    while ((await object()).length !== 4) await new Promise((resolve) => setTimeout(resolve, 20));
    stop.abort();
    await t.throwsAsync(building, { instanceOf: InterruptedError });
    // The processes of a namespace are killed with its first one, and may take a moment to be gone.
    let left = await processesOf(bin);
    for (let tries = 0; left.length > 0 && tries < 250; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 20));
      left = await processesOf(bin);
    }
    t.deepEqual(left, []);
    process.env.PATH = realPath;
    const result = await make(shop, { point: 1 });
    t.is(result.outcome, 'pass', JSON.stringify(result.cause));
    t.true((await compiled(result)).includes('kernel/fork.o'));
    const clean = await open(t);
    await clean.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
    await clean.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
    t.is(result.imageHash, (await make(clean)).imageHash);
  },
);

test.serial('without bubblewrap it builds the same image and says so once', async (t) => {
  const shop = await open(t);
  const { imageHash } = await make(shop);
  const bin = await pathWithout(path.join(shop.directory, 'bin'), ['bwrap']);
  const script = await shop.write(
    'plain.mts',
    `import { build } from '${path.resolve('harness/pipeline/kernel/build.ts')}';
import { configure } from '${path.resolve('harness/pipeline/kernel/configure.ts')}';
import { x86_64 } from '${path.resolve('harness/targets/index.ts')}';
import { gcc, Workshop } from '${path.resolve('tests/support/fake-linux.ts')}';
const shop = await Workshop.open();
const source = await shop.source();
const context = shop.context();
const fragments = await shop.fragment('CONFIG_SMP=y\\n');
const configured = await configure({ source, target: x86_64, toolchain: gcc, fragments }, context);
const result = await build({ source, target: x86_64, toolchain: gcc, configure: configured }, context);
const notes = shop.events.filter((event) => event.type === 'note').map((event) => event.text);
console.log(JSON.stringify({ hash: result.imageHash, notes }));
await shop.close();
`,
  );
  const result = await runProcess({ argv: [process.execPath, '--import=tsx', script], env: { PATH: bin } });
  t.is(result.exitCode, 0, result.stderr);
  const said = JSON.parse(result.stdout) as { hash: string; notes: string[] };
  t.is(imageHash, said.hash);
  t.deepEqual(said.notes, [
    'not sandboxed: kernels are built without a sandbox: bubblewrap is not installed (apt-get install bubblewrap)',
  ]);
});
