import { appendFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { detail } from '../support/detail.ts';
import {
  changeLine,
  changeSched,
  fakeProject,
  latestRun,
  mail,
  type Place,
  root,
  schedLine,
} from '../support/program.ts';

const fine = mail('say more', changeSched(schedLine, 'say("log sched: set");'));

/** A file that is new, of one line. */
function newFile(file: string, line: string): string {
  return [
    `diff --git a/${file} b/${file}`,
    'new file mode 100644',
    '--- /dev/null',
    `+++ b/${file}`,
    '@@ -0,0 +1 @@',
    `+${line}`,
    '',
  ].join('\n');
}

const driver = mail('add a driver', newFile('kernel/pulse.c', 'int pulse;'));

/** Adds a line to the makefile of the miniature kernel's only directory. */
const hooked = [
  'diff --git a/kernel/Makefile b/kernel/Makefile',
  '--- a/kernel/Makefile',
  '+++ b/kernel/Makefile',
  '@@ -2,3 +2,4 @@',
  ' obj-y += fork.o',
  ' obj-$(CONFIG_SMP) += smp.o ipi.o',
  ' obj-y += late.o',
  '+obj-$(CONFIG_DEBUG_LIST) += pulse.o',
  '',
].join('\n');

async function rule(place: Place, text: string): Promise<void> {
  const file = path.join(place.directory, 'quiltboot.yaml');
  const before = await readFile(file, 'utf8');
  await place.write('quiltboot.yaml', before.replace('{queue: patches}', `{queue: patches, uncovered: ${text}}`));
}

test('a file that no makefile names: its point is not covered, and the run is no pass', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine, 'driver.patch': driver });
  const { code, out } = await place.run('build');
  t.is(code, 1);
  t.regex(out, /1\s+one\.patch\s+pass build/);
  t.regex(out, /2\s+driver\.patch\s+not covered/);
  t.regex(out, /changes kernel\/pulse\.c, not compiled for x86_64: no makefile names it/);
  t.regex(out, /reproduce: quiltboot build mine/);
  t.regex(out, /^verdict: untested: not compiled: driver\.patch on x86_64/m);
  const run = await latestRun(place);
  t.like(run.cells[2], { outcome: 'not-covered', blame: null, code: 'QB-NOT-COVERED' });
  t.is(run.counts.cells['not-covered'], 1);
});

test('an option that is off is named, with what it depends on; with it on the file is compiled', async (t) => {
  const place = await fakeProject(t, { 'driver.patch': `${driver}${hooked}` });
  const off = await place.run('build');
  t.is(off.code, 1);
  t.regex(off.out, /CONFIG_DEBUG_LIST is not set: its dependency DEBUG_KERNEL \(init\/Kconfig:\d+\) is not met/);
  t.regex(off.out, /1 of 2 files compiled; not kernel\/pulse\.c/);
  await appendFile(path.join(place.directory, 'base.config'), 'CONFIG_DEBUG_KERNEL=y\nCONFIG_DEBUG_LIST=y\n');
  const on = await place.run('build');
  t.is(on.code, 0, on.out);
  const again = await place.run('build');
  t.is(again.code, 0, 'what is taken from the store knows it as well');
  await place.write('base.config', 'CONFIG_PRINTK=y\n');
  const fresh = await place.run('build', '--fresh');
  t.is(fresh.code, 1, 'the object that an earlier configuration left behind is no part of the kernel');
});

const size = '#define PAGE_SIZE 4096';
const page = mail(
  'change a page',
  changeLine('arch/s390/include/asm/page.h', '', size, [size, '#define EXTRA 1'], '', 3),
);

detail('code of another architecture is excused as soon as a target of the run has it', async (t) => {
  const user = mail('look at pages', changeSched(schedLine, '#include <asm/page.h>', schedLine));
  const place = await fakeProject(t, { 'user.patch': user, 'page.patch': page });
  const both = await place.run('build', '--target', 'x86_64,s390x');
  t.is(both.code, 0, both.out);
  t.regex(both.out, /page\.patch\s+not covered build\s+pass build/);
  t.regex(both.out, /not arch\/s390\/include\/asm\/page\.h: it is for another architecture \(s390\)/);
  const one = await place.run('build', '--target', 'x86_64');
  t.is(one.code, 1);
  t.regex(one.out, /^verdict: untested: not compiled: page\.patch on x86_64/m);
});

test('a header counts where a compiled file includes it', async (t) => {
  const place = await fakeProject(t, { 'page.patch': page });
  const { code, out } = await place.run('build', '--target', 's390x', '--points', '1');
  t.is(code, 1);
  t.regex(out, /not compiled for s390x: no compiled file includes it/);
});

detail('text alone is no pass of its own, but accepted; the project can accept more, or less', async (t) => {
  const words = mail('document it', newFile('Documentation/pulse.rst', 'Pulse'));
  const place = await fakeProject(t, { 'words.patch': words, 'driver.patch': driver });
  await rule(place, '{driver.patch: allow}');
  const accepted = await place.run('build');
  t.is(accepted.code, 0, accepted.out);
  t.regex(accepted.out, /words\.patch\s+not covered[^]*driver\.patch\s+not covered/);
  await place.write(
    'quiltboot.yaml',
    (await readFile(path.join(place.directory, 'quiltboot.yaml'), 'utf8')).replace('{driver.patch: allow}', 'fail'),
  );
  const refused = await place.run('build');
  t.is(refused.code, 1);
  t.regex(refused.out, /words\.patch changes nothing that is compiled: Documentation\/pulse\.rst/);
});

detail('a rule for a patch that is not there is a mistake in the project file', async (t) => {
  const place = await fakeProject(t, { 'one.patch': fine });
  await rule(place, '{on.patch: allow}');
  const { code, err } = await place.run('build');
  t.is(code, 2);
  t.regex(err, /quiltboot\.yaml:8:\d+: .*on\.patch.*not in the series/);
  t.regex(err, /one\.patch/);
});

detail('a removed file counts where the kernel before had it', async (t) => {
  const gone = await readFile(path.join(root, 'tests/fixtures/fake-linux/kernel/ipi.c'), 'utf8');
  const lines = gone.trimEnd().split('\n');
  const removal = [
    'diff --git a/kernel/Makefile b/kernel/Makefile',
    '--- a/kernel/Makefile',
    '+++ b/kernel/Makefile',
    '@@ -2,3 +2,3 @@',
    ' obj-y += fork.o',
    '-obj-$(CONFIG_SMP) += smp.o ipi.o',
    '+obj-$(CONFIG_SMP) += smp.o',
    ' obj-y += late.o',
    'diff --git a/kernel/ipi.c b/kernel/ipi.c',
    'deleted file mode 100644',
    '--- a/kernel/ipi.c',
    '+++ /dev/null',
    `@@ -1,${lines.length} +0,0 @@`,
    ...lines.map((line) => `-${line}`),
    '',
  ].join('\n');
  const place = await fakeProject(t, { 'remove.patch': mail('remove it', removal) });
  const without = await place.run('build');
  t.is(without.code, 1, without.out);
  t.regex(without.out, /the patch removes it, and it was not compiled before either/);
  await appendFile(path.join(place.directory, 'base.config'), 'CONFIG_SMP=y\n');
  const having = await place.run('build');
  t.is(having.code, 0, having.out);
});
