import { readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { runProcess } from '../../../harness/host/process.ts';
import { InterruptedError } from '../../../harness/model/index.ts';
import { i386, s390x, x86_64 } from '../../../harness/targets/index.ts';
import { landlock } from '../../support/landlock.ts';
import { compiledObjects, makeKernel, openShop, realPath } from '../../support/make-kernel.ts';
import { pathWithout } from '../../support/path-without.ts';

test.serial('every target gets its image, symbols, sizes and log', async (t) => {
  const shop = await openShop(t);
  for (const target of [x86_64, i386, s390x]) {
    const result = await makeKernel(shop, { target });
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
  const [one, other] = [await openShop(t), await openShop(t)];
  const [first, second] = [await makeKernel(one), await makeKernel(other)];
  t.is(first.imageHash, second.imageHash);
  t.false((await readFile(first.image ?? '', 'utf8')).includes(one.directory));
});

test.serial('a result in the store needs neither the tree nor make', async (t) => {
  const shop = await openShop(t);
  const first = await makeKernel(shop);
  const before = shop.checkouts;
  const second = await makeKernel(shop);
  t.deepEqual([first.reused, second.reused], [false, true]);
  t.is(shop.checkouts, before);
  t.deepEqual({ ...second, ms: 0, reused: false }, { ...first, ms: 0 });
  const third = await makeKernel(shop, { context: shop.context({ fresh: true }) });
  t.false(third.reused);
  t.is((await compiledObjects(third)).length, (await compiledObjects(first)).length, 'a fresh run finds nothing');
  t.is(third.imageHash, first.imageHash);
});

test.serial('only what depends on a change is compiled, and the image is that of a clean build', async (t) => {
  const shop = await openShop(t);
  await makeKernel(shop);
  await shop.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
  const second = await makeKernel(shop, { point: 1 });
  t.deepEqual(await compiledObjects(second), ['kernel/fork.o']);
  await shop.edit('include/linux/list.h', 'list->next = list', 'list->next = (list)');
  const third = await makeKernel(shop, { point: 2 });
  t.deepEqual(await compiledObjects(third), ['init/main.o', 'kernel/fork.o', 'kernel/sched.o']);

  const clean = await openShop(t);
  await clean.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
  await clean.edit('include/linux/list.h', 'list->next = list', 'list->next = (list)');
  t.is((await makeKernel(clean)).imageHash, third.imageHash);
});

test.serial('the build can neither write to the tree nor see other files, plugins or a network', async (t) => {
  const shop = await openShop(t);
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
  const result = await makeKernel(shop);
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
    const shop = await openShop(t);
    await makeKernel(shop);
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
    const building = makeKernel(shop, { context, point: 1 });
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
    const result = await makeKernel(shop, { point: 1 });
    t.is(result.outcome, 'pass', JSON.stringify(result.cause));
    t.true((await compiledObjects(result)).includes('kernel/fork.o'));
    const clean = await openShop(t);
    await clean.edit('kernel/fork.c', 'task->pid++', 'task->pid += 2');
    await clean.edit('kernel/sched.c', '.pid = 1', '.pid = 2');
    t.is(result.imageHash, (await makeKernel(clean)).imageHash);
  },
);

test.serial('without bubblewrap, or any sandbox, it builds the same image and says so once', async (t) => {
  const shop = await openShop(t);
  const { imageHash } = await makeKernel(shop);
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
console.log(JSON.stringify({ hash: result.imageHash, sandbox: result.sandbox, notes }));
await shop.close();
`,
  );
  const missing = 'bubblewrap is not installed (apt-get install bubblewrap)';
  const expected = [
    // Only bubblewrap is asked for, and it is not there.
    ['bubblewrap', 'none', `not sandboxed: kernels are built without a sandbox: ${missing}`],
    ...(typeof landlock !== 'string'
      ? [['', 'landlock', `kernels are built in a sandbox of landlock, which is weaker than bubblewrap: ${missing}`]]
      : []),
  ];
  for (const [wanted, sandbox, note] of expected) {
    const env = { PATH: bin, QUILTBOOT_SANDBOX: wanted };
    const result = await runProcess({ argv: [process.execPath, '--import=tsx', script], env });
    t.is(result.exitCode, 0, result.stderr);
    const said = JSON.parse(result.stdout) as { hash: string; sandbox: string; notes: string[] };
    t.like(said, { hash: imageHash, sandbox });
    t.deepEqual(said.notes, [note]);
  }
});
