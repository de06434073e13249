import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import type { CaseResult } from '../../harness/model/index.ts';
import { long } from '../support/detail.ts';
import { fakeProject, latestRun, type Place, withFakeQemu } from '../support/program.ts';

/** KTAP of a suite of two tests, as C sources of the miniature kernel say it. */
const lines = [
  'KTAP version 1',
  '1..1',
  '    KTAP version 1',
  '    # Subtest: reel-core',
  '    1..2',
  '    ok 1 winds',
  '    # turns: EXPECTATION FAILED at kernel/reel-test.c:7',
  '    not ok 2 turns',
  'not ok 1 reel-core',
];

async function projectWith(t: ExecutionContext, suites: string, kunit = true): Promise<Place> {
  const plain = await fakeProject(t, {});
  const { place } = await withFakeQemu(t, plain);
  const file = path.join(place.directory, 'quiltboot.yaml');
  const text = await readFile(file, 'utf8');
  const without = text.replace('{queue: patches}', '{}');
  await place.write('quiltboot.yaml', without.replace('    bases:', `    suites: ${suites}\n    bases:`));
  if (!kunit) return place;
  await place.write('linux/lib/kunit/test.c', '/* The framework. */\n');
  const options = 'config KUNIT\n\tbool "KUnit"\n\nconfig REEL_KUNIT_TEST\n\tbool "Reel"\n\tdepends on KUNIT\n';
  await appendFile(path.join(place.directory, 'linux/init/Kconfig'), `\n${options}`);
  await appendFile(
    path.join(place.directory, 'linux/kernel/Makefile'),
    'obj-$(CONFIG_REEL_KUNIT_TEST) += reel-test.o\n',
  );
  await place.write(
    'linux/kernel/reel-test.c',
    [
      '#include <linux/kernel.h>',
      'struct kunit_suite { const char *name; };',
      'struct kunit_suite reel = { .name = "reel-core" };',
      '',
    ].join('\n'),
  );
  const say = lines.map((line) => `say("log ${line}");`).join('\n');
  await place.write(
    'linux/kernel/sched.c',
    `#include <linux/kernel.h>\nsay("log sched: ready");\n${say}\nvoid sched_init(void) { }\nint init_task;\n`,
  );
  return place;
}

async function casesOf(place: Place): Promise<readonly CaseResult[]> {
  return (await latestRun(place)).cells.flatMap(({ cases }) => cases);
}

test('KUnit suites are configured, built in and told as cases, and a program is a suite beside them', async (t) => {
  const place = await projectWith(t, '[kunit:reel_test, {program: {run: spool}}]');
  const { code, out } = await place.run('run');
  t.is(code, 1, out);
  const cases = await casesOf(place);
  t.deepEqual(cases.map(({ suite, name, outcome }) => [suite, name, outcome]).sort(), [
    ['kunit:reel_test', 'reel-core / turns', 'fail'],
    ['kunit:reel_test', 'reel-core / winds', 'pass'],
    ['program:spool', 'exits with 0', 'pass'],
  ]);
  const turns = cases.find(({ name }) => name.endsWith('turns'));
  t.is(turns?.cause?.summary, 'turns: EXPECTATION FAILED at kernel/reel-test.c:7');
  t.regex(out, /reproduce: quiltboot run mine .*--suite kunit:reel_test --case 'reel-core \/ turns'/);
  const config = await readFile(path.join(place.directory, '.quiltboot/runs/latest/cells/0-x86_64/config'), 'utf8');
  t.regex(config, /^CONFIG_KUNIT=y$/m);
  t.regex(config, /^CONFIG_REEL_KUNIT_TEST=y$/m);
  const wrong = await place.run('run', '--suite', 'program:spoool');
  t.is(wrong.code, 2);
  t.regex(wrong.err, /there is no program suite "spoool"; did you mean "program:spool"\?/);
  const unknown = await place.run('run', '--suite', 'kunit:real-core');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /has no KUnit suite "real-core"; did you mean "kunit:reel-core"\?/);
});

(long ? test : test.skip)('a kernel without KUnit is skipped, which is no pass', async (t) => {
  const place = await projectWith(t, '[kunit:reel_core]', false);
  await place.run('run');
  const [one, ...more] = await casesOf(place);
  t.is(more.length, 0);
  t.is(one?.outcome, 'skip');
  t.regex(one?.reason ?? '', /^Linux 6\.1\.99 has no KUnit: there is no lib\/kunit\/test\.c$/);
  t.deepEqual(
    (await latestRun(place)).cells.map(({ outcome }) => outcome),
    ['skip'],
  );
});

test('what guests get is checked before anything is built', async (t) => {
  const place = await projectWith(t, '[{program: {run: ./tests/a.sh}}]', false);
  const missing = await place.run('run');
  t.is(missing.code, 2);
  t.regex(missing.err, /quiltboot\.yaml:\d+:\d+: there is no file for the guest .*tests\/a\.sh/);
  await place.write('tests/a.sh', '#!/usr/bin/python3\nprint(1)\n');
  const python = await place.run('run');
  t.is(python.code, 2);
  t.regex(python.err, /\/tests\/a\.sh asks for \/usr\/bin\/python3, which guests do not have \[QB-GUEST-FILE\]/);
  t.notRegex(python.err, /configure/);
});
