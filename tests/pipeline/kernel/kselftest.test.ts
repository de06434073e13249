import { cp, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { BootTarget, KselftestPlan } from '../../../harness/model/index.ts';
import { configure } from '../../../harness/pipeline/kernel/configure.ts';
import {
  checkKselftestWords,
  type KselftestSet,
  kselftestFragments,
  kselftestSet,
} from '../../../harness/pipeline/kernel/kselftest/index.ts';
import { arm64, x86_64 } from '../../../harness/targets/index.ts';
import { gcc, Workshop } from '../../support/fake-linux.ts';

const collection = 'tools/testing/selftests/quilt';

async function open(t: ExecutionContext): Promise<Workshop> {
  const workshop = await Workshop.open();
  t.teardown(() => workshop.close());
  return workshop;
}

async function setOf(shop: Workshop, words: readonly string[], fresh = false): Promise<KselftestSet> {
  const source = await shop.source();
  const point = { source, target: x86_64, toolchain: gcc, contents: undefined };
  return await kselftestSet(words, point, shop.context({ fresh }));
}

function named({ tests }: KselftestPlan | undefined = { tests: [] }): string[] {
  return tests.map(({ name, problem }) => (problem ? `${name}: ${problem.blame}: ${problem.summary}` : name));
}

async function check(
  shop: Workshop,
  words: readonly string[],
  targets: readonly BootTarget[] = [x86_64],
): Promise<string> {
  const request = { source: await shop.source(), targets, toolchain: gcc };
  const thrown: unknown = await checkKselftestWords(words, request, shop.context()).catch((error: unknown) => error);
  return thrown instanceof Error ? thrown.message : 'fine';
}

test('programs are built static against the headers of the point, and come with scripts and files', async (t) => {
  const shop = await open(t);
  const { plans, entries, used } = await setOf(shop, ['kselftest:quilt', 'kselftest:quilt/unpick']);
  t.deepEqual(named(plans['kselftest:quilt']), ['seams', 'edges', 'thread.sh']);
  t.deepEqual(named(plans['kselftest:quilt/unpick']), ['unpick']);
  t.like(plans['kselftest:quilt']?.tests[0], { file: '/kselftest/quilt/seams', timeoutMs: 7000 });
  t.deepEqual(
    entries.map((entry) => `${entry.path} ${entry.type === 'file' ? (entry.mode ?? 0).toString(8) : ''}`).sort(),
    [
      'kselftest/quilt/edges 755',
      'kselftest/quilt/patterns/colours 644',
      'kselftest/quilt/seams 755',
      'kselftest/quilt/settings 644',
      'kselftest/quilt/thread.sh 755',
      'kselftest/quilt/unpick 755',
    ],
  );
  const again = await setOf(shop, ['kselftest:quilt', 'kselftest:quilt/unpick']);
  t.deepEqual(again, { plans, entries, used });
  const names = ['Makefile', 'config', 'edges.c', 'patterns/colours', 'seams.c', 'settings', 'thread.sh', 'unpick.c'];
  t.deepEqual(
    [...used].sort(),
    names.map((name) => `${collection}/${name}`),
  );
});

test('only what is asked for is built, and each program that fails is told by its reason', async (t) => {
  const shop = await open(t);
  await shop.edit(`${collection}/Makefile`, 'TEST_GEN_PROGS := seams', 'TEST_GEN_PROGS := seams knots loops tears');
  await shop.write(`tree/${collection}/knots.c`, '#include <sys/quilt-library.h>\nint main(void) { return 0; }\n');
  await shop.write(`tree/${collection}/loops.c`, 'int main(void) { return loop; }\n');
  await shop.edit(`${collection}/thread.sh`, '#!/bin/sh', '#!/bin/bash');
  const one = await setOf(shop, ['kselftest:quilt/seams']);
  t.deepEqual(named(one.plans['kselftest:quilt/seams']), ['seams']);
  t.false(one.entries.some((entry) => entry.path.endsWith('/edges')));
  const { plans } = await setOf(shop, ['kselftest:quilt']);
  const told = named(plans['kselftest:quilt']);
  t.is(told[0], 'seams');
  t.is(told[1], 'knots: user: knots includes sys/quilt-library.h, which is not there');
  t.regex(told[2] ?? '', /^loops: kernel: loops does not compile: loops\.c:1:\d+: error: .*loop/);
  t.regex(told[3] ?? '', /^tears: kernel: tears does not compile: .*No rule to make target/);
  t.deepEqual(told.slice(4), ['edges', 'thread.sh: user: thread.sh asks for /bin/bash, which guests do not have']);
});

test('a word that means nothing is a mistake with the nearest name; a test of one target only is none', async (t) => {
  const shop = await open(t);
  t.is(await check(shop, ['kselftest:quilt/seams', 'kselftest:quilt']), 'fine');
  t.is(
    await check(shop, ['kselftest:quitl']),
    'Linux 6.1.99 has no kselftest collection "quitl"; did you mean "kselftest:quilt"?',
  );
  t.is(
    await check(shop, ['kselftest:quilt/seam']),
    'the collection quilt of Linux 6.1.99 has no test "seam"; did you mean "kselftest:quilt/seams"?',
  );
  t.is(await check(shop, ['kselftest:quilt/edges'], [arm64, x86_64]), 'fine');
  t.regex(await check(shop, ['kselftest:quilt/edges'], [arm64]), /has no test "edges"/);
  await rm(path.join(shop.tree, 'tools'), { recursive: true });
  t.regex(await check(shop, ['kselftest:quilt']), /has no kselftest collection "quilt"/);
  const { plans, entries } = await setOf(shop, ['kselftest:quilt']);
  t.is(plans['kselftest:quilt']?.reason, 'Linux 6.1.99 has no kselftest collection "quilt" at this point');
  t.deepEqual(entries, []);
});

test('makefiles run in the sandbox: neither the machine nor the tree can be written', async (t) => {
  const shop = await open(t);
  const outside = path.join(shop.directory, 'outside');
  await cp(path.join(shop.tree, collection), outside, { recursive: true });
  const spoil = `$(shell echo spoilt > ${outside}/Makefile; echo spoilt > settings; cp /etc/shadow patterns/)`;
  await shop.edit(`${collection}/Makefile`, 'include ../lib.mk', `include ../lib.mk\nspoilt := ${spoil}`);
  const { source } = { source: { ...(await shop.source()), origin: Workshop.series('hostile') } };
  const point = { source, target: x86_64, toolchain: gcc, contents: undefined };
  const { plans, entries } = await kselftestSet(['kselftest:quilt'], point, shop.context());
  t.deepEqual(named(plans['kselftest:quilt']), ['seams', 'edges', 'thread.sh']);
  t.is(plans['kselftest:quilt']?.tests[0]?.timeoutMs, 7000);
  t.false(entries.some((entry) => entry.path.endsWith('/shadow')));
  t.notRegex(await readFile(path.join(outside, 'Makefile'), 'utf8'), /spoilt/);
});

test('a makefile that cannot be read fails by name', async (t) => {
  const shop = await open(t);
  await shop.edit(`${collection}/Makefile`, 'include ../lib.mk', 'include ../lost.mk');
  const { plans } = await setOf(shop, ['kselftest:quilt']);
  t.deepEqual(named(plans['kselftest:quilt']), [`all tests: kernel: make cannot read ${collection}/Makefile`]);
});

test('options of a collection are asked for with what they depend on, but for those of the user', async (t) => {
  const shop = await open(t);
  const source = await shop.source();
  const common = { source, target: x86_64 };
  const configured = async (settled: readonly string[]): ReturnType<typeof configure> => {
    const words = ['kselftest:quilt'];
    const fragments = await kselftestFragments(words, { ...common, settled: new Set(settled) }, shop.context());
    return await configure({ ...common, toolchain: gcc, fragments }, shop.context());
  };
  const whole = await configured([]);
  t.is(whole.outcome, 'pass', JSON.stringify(whole.cause));
  await shop.edit(`${collection}/config`, 'CONFIG_DEBUG_LIST=y', 'CONFIG_DEBUG_LISTS=y\nCONFIG_QUILT=m');
  await shop.edit('init/Kconfig', 'config SMP', 'config QUILT\n\tbool "Quilt"\n\tdepends on m\n\nconfig SMP');
  const lost = await kselftestFragments(
    ['kselftest:quilt'],
    { ...common, source: await shop.source(), settled: new Set() },
    shop.context(),
  );
  const failed = await configure(
    { ...common, source: await shop.source(), toolchain: gcc, fragments: lost },
    shop.context(),
  );
  t.like(failed.cause, {
    blame: 'user',
    summary: 'an option of the fragments did not survive: CONFIG_DEBUG_LISTS',
  });
  t.is(
    failed.cause?.excerpt.at(-1),
    `    ${collection}/config asks for it; a fragment of yours with "# CONFIG_DEBUG_LISTS is not set" does without`,
  );
  t.is(
    shop.events.flatMap((event) => (event.type === 'note' ? [event.text] : [])).at(-1),
    `${collection}/config asks for CONFIG_QUILT, which can be a module only: kernels are built without it`,
  );
  const settled = await kselftestFragments(
    ['kselftest:quilt'],
    { ...common, source: await shop.source(), settled: new Set(['DEBUG_LISTS', 'SMP', 'NR_CPUS', 'QUILT']) },
    shop.context(),
  );
  t.deepEqual(settled, []);
});
