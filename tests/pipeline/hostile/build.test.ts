import { mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { BuildResult, Context, Origin } from '../../../harness/model/index.ts';
import { build } from '../../../harness/pipeline/kernel/build.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import { unitReader } from '../../../harness/pipeline/kernel/preprocess.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { gcc, Workshop } from '../../support/fake-linux.ts';

/** A tree to spoil, beside a folder of files that are the user's. */
interface Place {
  readonly shop: Workshop;
  readonly home: string;
  readonly context: Context;
}

async function open(t: ExecutionContext): Promise<Place> {
  const shop = await Workshop.open();
  t.teardown(() => shop.close());
  const home = path.join(shop.directory, 'home');
  await mkdir(home);
  await writeFile(path.join(home, 'key'), 'PRIVATE-KEY-OF-THE-USER\n');
  await writeFile(path.join(home, 'profile'), '# mine\n');
  return { shop, home, context: shop.context() };
}

const others = (name = 'others'): Origin => ({ kind: 'series', id: `series-${name}`, tree: 'tree' });

async function make({ shop, context }: Place, origin = others()): Promise<BuildResult | string> {
  const source = await shop.source(1, origin);
  const fragments = await shop.fragment('CONFIG_SMP=y\n');
  const configured = await configure({ source, target: x86_64, toolchain: gcc, fragments }, context);
  if (configured.outcome !== 'pass') return configured.cause?.excerpt.join('\n') ?? '';
  return await build({ source, target: x86_64, toolchain: gcc, configure: configured }, context);
}

/** Commands of the recipe that makes the image, after all else. */
async function atTheEnd({ shop }: Place, ...commands: string[]): Promise<void> {
  const lines = commands.map((command) => `\t@${command}\n`).join('');
  await shop.edit('Makefile', `bzImage: $(image)\n`, `bzImage: $(image)\n${lines}`);
}

/** Every file of the user's and of a stored result, as one text. */
async function everything(directory: string): Promise<string> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => path.join(entry.parentPath, entry.name));
  return (await Promise.all(files.map((file) => readFile(file, 'latin1')))).join('\n');
}

async function untouched(t: ExecutionContext, { home }: Place): Promise<void> {
  t.deepEqual((await readdir(home)).sort(), ['key', 'profile']);
  t.is(await readFile(path.join(home, 'profile'), 'utf8'), '# mine\n');
}

interface Case {
  readonly title: string;
  /** What it does to the build directory at the end of a successful make; `HOME` stands for the user's folder. */
  readonly commands: readonly string[];
  /** The outcome's sentence; a pass without it. */
  readonly says?: RegExp;
}

const cases: readonly Case[] = [
  {
    title: 'the image is a link to a file of the user',
    commands: ['ln -sf HOME/key arch/x86/boot/bzImage'],
    says: /arch\/x86\/boot\/bzImage is a link/,
  },
  {
    title: 'a folder above the image is a link to a folder of the user',
    commands: ['rm -rf arch/x86/boot && ln -s HOME arch/x86/boot'],
    says: /is a link/,
  },
  { title: 'vmlinux is a pipe', commands: ['rm vmlinux; mkfifo vmlinux'], says: /vmlinux is not a plain file/ },
  { title: 'System.map is a pipe', commands: ['rm System.map; mkfifo System.map'], says: /System.map is not a plain/ },
  {
    title: 'the configuration is a pipe',
    commands: ['rm .config; mkfifo .config'],
    says: /\.config is not a plain file/,
  },
  {
    title: 'the configuration is a link to a profile of the user',
    commands: ['ln -sf HOME/profile .config'],
    says: /\.config is a link/,
  },
  {
    title: 'vmlinux has two gigabytes that are nowhere',
    commands: ['truncate -s 2G vmlinux'],
    says: /vmlinux has 2147483648 bytes/,
  },
  { title: 'vmlinux is gone', commands: ['rm vmlinux'], says: /vmlinux is not there/ },
  { title: 'vmlinux is a directory', commands: ['rm vmlinux; mkdir vmlinux'], says: /vmlinux is not there/ },
  {
    title: 'what the harness keeps for itself is out of reach',
    commands: [
      'mkdir -p .quiltboot; ln -sf HOME/log .quiltboot/build.log',
      'rm -rf /quiltboot/* 2>/dev/null; touch /quiltboot/build.log 2>/dev/null; true',
    ],
  },
  { title: 'everything in the sandbox is killed', commands: ['kill -9 -1'], says: /killed by a signal/ },
];

for (const { title, commands, says } of cases) {
  test.serial(`contained: ${title}`, async (t) => {
    const place = await open(t);
    await atTheEnd(place, ...commands.map((command) => command.replaceAll('HOME', place.home)));
    const result = await make(place);
    await untouched(t, place);
    if (typeof result === 'string') return t.fail(result);
    t.is(result.outcome, says === undefined ? 'pass' : 'fail', result.cause?.summary);
    if (says !== undefined) {
      t.is(result.cause?.blame, 'kernel');
      t.regex(result.cause?.summary ?? '', says);
    }
    t.notRegex(await everything(place.context.cache.store), /PRIVATE-KEY/);
    // Whoever builds there next is not in its way.
    return t.is(typeof (await make(place)), 'object');
  });
}

test.serial('contained: Kconfig leaves a link where the resolved configuration belongs', async (t) => {
  const place = await open(t);
  await place.shop.edit(
    'Makefile',
    '\t@echo "# configuration written',
    `\t@ln -sf ${place.home}/profile $(KCONFIG_CONFIG)\n\t@echo "# configuration written`,
  );
  const made = await make(place);
  t.regex(typeof made === 'string' ? made : made.outcome, /is a link/);
  await untouched(t, place);
});

test.serial('contained: no variable of the user is in any process of the sandbox', async (t) => {
  process.env.QUILTBOOT_TEST_TOKEN = 'TOKEN-OF-THE-USER';
  t.teardown(() => delete process.env.QUILTBOOT_TEST_TOKEN);
  const place = await open(t);
  await atTheEnd(place, 'cat /proc/[0-9]*/environ | tr "\\0" "\\n"; echo end-of-environments; exit 1');
  const result = await make(place);
  if (typeof result === 'string') return t.fail(result);
  const log = await readFile(result.log, 'utf8');
  t.regex(log, /end-of-environments/);
  return t.notRegex(log, /TOKEN-OF-THE-USER|QUILTBOOT_/);
});

test.serial('contained: neither configuration nor objects of a compiler cache reach another series', async (t) => {
  const place = await open(t);
  const innocent = await make(place, others('innocent'));
  if (typeof innocent === 'string') return t.fail(innocent);
  const { cache } = place.context;
  // The hostile one leaves a configuration, a program and an object wherever it may write.
  await atTheEnd(
    place,
    'for d in /ccache /ccache/* /build; do printf "prefix_command = /build/evil\\n" > $$d/ccache.conf; ' +
      'cp /bin/false $$d/evil; echo poison > $$d/poison; done 2>/dev/null; true',
  );
  await make(place, others('hostile'));
  const shared = await readdir(cache.ccache, { recursive: true });
  t.deepEqual(
    shared.filter((name) => /ccache\.conf|evil|poison/.test(name)),
    [],
  );
  for (const name of await readdir(cache.builds)) {
    if (name.includes('hostile')) continue;
    const built = await readdir(path.join(cache.builds, name), { recursive: true });
    t.false(
      built.some((file) => /poison/.test(file)),
      name,
    );
  }
  // The same kernel from nothing but what the caches hold.
  await place.shop.edit('Makefile', 'cp /bin/false $$d/evil; echo poison', 'true; echo');
  await rm(cache.store, { recursive: true });
  await rm(cache.builds, { recursive: true });
  const again = await make(place, others('innocent'));
  return t.is(typeof again === 'string' ? again : again.imageHash, innocent.imageHash);
});

test.serial(
  'contained: an object that waits in a build directory is taken by nobody else, and not by --fresh',
  async (t) => {
    const place = await open(t);
    const clean = await make(place, others('clean'));
    const hostile = others('hostile');
    await atTheEnd(place, 'cp kernel/late.o kernel/sched.o; touch -d 2035-01-01 kernel/sched.o kernel/built-in.a');
    await make(place, hostile);
    await place.shop.edit('Makefile', 'cp kernel/late.o kernel/sched.o; touch -d 2035-01-01', 'true');
    const reference = await make(place, others('reference'));
    const other = await make(place, others('other'));
    const fresh = await make({ ...place, context: place.shop.context({ fresh: true }) }, hostile);
    if (typeof clean === 'string' || typeof reference === 'string') return t.fail();
    const hashes = [reference, other, fresh].map((one) => (typeof one === 'string' ? one : one.imageHash));
    return t.deepEqual(hashes, [clean.imageHash, clean.imageHash, clean.imageHash]);
  },
);

test.serial('contained: a stored result that somebody damaged is made again, and said', async (t) => {
  const place = await open(t);
  const first = await make(place);
  if (typeof first === 'string') return t.fail(first);
  const image = await readFile(first.image ?? '');
  const damage = [
    async () =>
      writeFile(first.image ?? '', Buffer.concat([image.subarray(0, -1), Buffer.from([(image.at(-1) ?? 0) ^ 1])])),
    async () => writeFile(path.join(first.directory, 'result.json'), 'null'),
    async () => writeFile(path.join(first.directory, 'result.json'), '{"store":1}'),
    async () => rm(first.vmlinux ?? ''),
  ];
  for (const [index, spoil] of damage.entries()) {
    await spoil();
    place.shop.events.length = 0;
    const again = await make(place);
    if (typeof again === 'string') return t.fail(again);
    t.deepEqual([again.reused, again.imageHash], [false, first.imageHash], String(index));
    t.deepEqual(await readFile(again.image ?? ''), image);
    t.true(place.shop.events.some((event) => event.type === 'note' && event.text.includes('is made again')));
  }
  return t.true((await stat(first.vmlinux ?? '')).size > 0);
});

test.serial('contained: what a compiler message names is read in the tree alone', async (t) => {
  const place = await open(t);
  const read = unitReader([place.shop.tree]);
  t.regex((await read('kernel/sched.c')) ?? '', /sched/);
  for (const file of [
    '../home/key',
    '../../../../../etc/passwd',
    path.join(place.home, 'key'),
    'kernel/../../home/key',
  ])
    t.is(await read(file), undefined, file);
});
