import { cp, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { Run } from '../../harness/model/index.ts';
import { detail } from '../support/detail.ts';
import { fakeProject, latestRun, mail, type Place } from '../support/program.ts';

/** Adds a call to fork.c, and what is called to late.c, by way of a header that only x86 leads to. */
const helper = mail(
  'fork: call the helper',
  [
    'diff --git a/kernel/fork.c b/kernel/fork.c',
    '--- a/kernel/fork.c',
    '+++ b/kernel/fork.c',
    '@@ -1,4 +1,5 @@',
    ' #include <linux/kernel.h>',
    '+#include <linux/mm.h>',
    ' #include <linux/sched.h>',
    ' ',
    ' extern struct task init_task;',
    '@@ -7,5 +8,6 @@',
    ' {',
    ' \tstruct task *task = &init_task;',
    ' ',
    '-\ttask->pid++;',
    '+\ttask->pid = call_helper(NULL, UMH_WAIT_EXEC);',
    '+\ttask->pid += NAME_OF_NOTHING;',
    ' }',
    'diff --git a/kernel/late.c b/kernel/late.c',
    '--- a/kernel/late.c',
    '+++ b/kernel/late.c',
    '@@ -1,4 +1,10 @@',
    ' #include <linux/kernel.h>',
    '+#include <linux/umh.h>',
    ' ',
    ' /* The last object that is linked: what stands here happens at the end. */',
    ' say("agent");',
    '+',
    '+int call_helper(char *path, int wait)',
    '+{',
    '+\treturn wait;',
    '+}',
    '',
  ].join('\n'),
);

const good = helper.replace('+\ttask->pid += NAME_OF_NOTHING;\n', '').replace('@@ -7,5 +8,6 @@', '@@ -7,5 +8,5 @@');

/** A later patch, next to the place where the include goes. */
const later = mail(
  'fork: say more',
  [
    'diff --git a/kernel/fork.c b/kernel/fork.c',
    '--- a/kernel/fork.c',
    '+++ b/kernel/fork.c',
    '@@ -7,6 +7,8 @@',
    ' void fork_init(void)',
    ' {',
    ' \tstruct task *task = &init_task;',
    '+',
    '+\ttask->pid = 0;',
    ' ',
    ' \ttask->pid = call_helper(NULL, UMH_WAIT_EXEC);',
    ' }',
    '',
  ].join('\n'),
);

async function place(t: ExecutionContext, patches: Readonly<Record<string, string>>): Promise<Place> {
  const made = await fakeProject(t, patches);
  const file = path.join(made.directory, 'quiltboot.yaml');
  const text = await readFile(file, 'utf8');
  await writeFile(file, text.replace('[x86_64]', '[x86_64, s390x]'));
  return made;
}

function outcomes({ cells }: Run): string[] {
  return cells.map(({ point, target, outcome }) => `${point} ${target} ${outcome}`);
}

test('x86 builds, s390 does not: the report says by which header, and --fix mends the patch', async (t) => {
  const at = await place(t, { 'helper.patch': good, 'later.patch': later });
  const failed = await at.run('build', '--keep-going', '--fix');
  t.is(failed.code, 1);
  t.true(failed.out.includes('> call_helper is declared at include/linux/umh.h:'), failed.out);
  t.true(
    failed.out.includes(
      '> x86_64 reaches it by kernel/fork.c:2 -> include/linux/mm.h:4 -> arch/x86/include/asm/page.h:4 -> include/linux/umh.h',
    ),
  );
  t.true(
    failed.out.includes(
      '> s390x does not: at include/linux/mm.h:4 <asm/page.h> is arch/s390/include/asm/page.h there, which does not lead to it',
    ),
  );
  const first = await latestRun(at);
  t.deepEqual(
    outcomes(first).filter((line) => line.endsWith('fail')),
    ['1 s390x fail', '2 s390x fail'],
  );
  const cause = first.cells.find(({ point, target }) => point === 1 && target === 's390x')?.cause;
  t.like(cause?.missingIncludes?.[0], { file: 'kernel/fork.c', include: '<linux/umh.h>', symbol: 'call_helper' });

  // The proposed diff applies to the point as it stands in the report.
  const diff = cause?.advice?.slice(cause.advice.findIndex((line) => line.startsWith('diff --git'))).join('\n') ?? '';
  const tree = path.join(at.directory, 'patched');
  await cp(path.join(at.directory, 'linux'), tree, { recursive: true });
  await execa('git', ['apply', '-'], { cwd: tree, input: good });
  await execa('git', ['apply', '-'], { cwd: tree, input: `${diff}\n` });
  t.true((await readFile(path.join(tree, 'kernel/fork.c'), 'utf8')).includes('#include <linux/umh.h>\n'));

  t.regex(
    failed.out,
    /fixed \(built points 0, 1 on x86_64, s390x.*\n {2}helper\.patch: kernel\/fork\.c includes <linux\/umh\.h>/,
  );
  const patch = await readFile(path.join(at.directory, 'patches/helper.patch'), 'utf8');
  t.true(patch.startsWith(good.slice(0, good.indexOf('diff --git'))), 'the mail stays as it was');
  t.true(patch.includes('+#include <linux/mm.h>\n #include <linux/sched.h>\n+#include <linux/umh.h>\n'));
  const again = await at.run('build');
  t.is(again.code, 0, again.out);
});

detail('--fix=patch adds a patch of its own, and the report of the next run shows what it mends', async (t) => {
  const at = await place(t, { 'helper.patch': good, 'later.patch': later });
  const failed = await at.run('build', '--points', '0..1', '--fix=patch');
  t.regex(failed.out, /fixed \(built point 2 on x86_64, s390x/);
  t.is(
    await readFile(path.join(at.directory, 'patches/series'), 'utf8'),
    'helper.patch\nhelper-fix-includes.patch\nlater.patch\n',
  );
  const again = await at.run('build', '--keep-going');
  t.is(again.code, 1);
  t.deepEqual(
    outcomes(await latestRun(at)).filter((line) => line.endsWith('fail')),
    ['1 s390x fail'],
  );
});

detail('a later patch that has the place of the include in its context is refreshed', async (t) => {
  const beside = mail(
    'fork: include more',
    [
      'diff --git a/kernel/fork.c b/kernel/fork.c',
      '--- a/kernel/fork.c',
      '+++ b/kernel/fork.c',
      '@@ -1,6 +1,7 @@',
      ' #include <linux/kernel.h>',
      ' #include <linux/mm.h>',
      ' #include <linux/sched.h>',
      '+#include <linux/list.h>',
      ' ',
      ' extern struct task init_task;',
      ' ',
      '',
    ].join('\n'),
  );
  const at = await place(t, { 'helper.patch': good, 'beside.patch': beside });
  const failed = await at.run('build', '--fix');
  t.regex(failed.out, /written:\n {2}patches\/helper\.patch\n {2}patches\/beside\.patch$/);
  const again = await at.run('build');
  t.is(again.code, 0, again.out + again.err);
});

detail(
  'a name that no header declares is said to be unknown, and --fix writes nothing that does not build',
  async (t) => {
    const at = await place(t, { 'helper.patch': helper });
    const before = await readFile(path.join(at.directory, 'patches/helper.patch'), 'utf8');
    const failed = await at.run('build', '--fix');
    t.is(failed.code, 1);
    t.true(
      failed.out.includes(
        '> no header under include/ or arch/*/include declares NAME_OF_NOTHING: the name is misspelt, or this tree does not have it',
      ),
    );
    t.regex(failed.out, /not fixed: the changed queue does not build on every target/);
    t.regex(failed.out, /point 1 on x86_64: the build failed: kernel\/fork\.c:\d+:\d+: 'NAME_OF_NOTHING' undeclared/);
    t.is(await readFile(path.join(at.directory, 'patches/helper.patch'), 'utf8'), before);
  },
);

test('lint-includes finds it ahead of the failure, and nothing once it is mended', async (t) => {
  const at = await place(t, { 'helper.patch': good });
  const found = await at.run('lint-includes', '--target', 'x86_64');
  t.is(found.code, 1);
  t.regex(
    found.out,
    /^kernel\/fork\.c: <linux\/umh\.h>\n {2}uses call_helper \(line 11\), UMH_WAIT_EXEC \(line 11\)\n/,
  );
  t.true(found.out.includes('arch/x86/include/asm/page.h:4 is specific to one architecture'));
  t.true((await at.run('lint-includes')).out.includes('    s390x: nothing declares it there\n'));
  await at.run('build', '--fix');
  const mended = await at.run('lint-includes');
  t.is(mended.code, 0, mended.out);
  t.is(mended.out, '2 files on x86_64, s390x: 0 risky, 0 indirect');
  t.is((await at.run('lint-includes', 'none')).code, 2);
});

detail('a variant takes the fix away from its patch on, and only then the matrix fails', async (t) => {
  const whole = good
    .replace('+#include <linux/mm.h>', '+#include <linux/mm.h>\n+#include <linux/umh.h>')
    .replace('@@ -1,4 +1,5 @@', '@@ -1,4 +1,6 @@')
    .replace('+8,5 @@', '+9,5 @@');
  const at = await place(t, { 'helper.patch': whole, 'later.patch': later });
  const file = path.join(at.directory, 'quiltboot.yaml');
  const text = await readFile(file, 'utf8');
  const variants =
    '{umh: {from: helper.patch, remove: {file: kernel/fork.c, line: "#include <linux/umh.h>"}}, ' +
    'gone: {from: later.patch, remove: {file: kernel/fork.c, line: "#include <linux/gone.h>"}}}';
  await writeFile(file, text.replace('{queue: patches}', `{queue: patches, variants: ${variants}}`));
  const without = await at.run('build', '--without-fix', 'umh', '--keep-going');
  t.is(without.code, 1, without.err);
  t.deepEqual(outcomes(await latestRun(at)), [
    '0 x86_64 pass',
    '0 s390x pass',
    '1 x86_64 pass',
    '1 s390x fail',
    '2 x86_64 pass',
    '2 s390x fail',
  ]);
  t.true(
    without.out.includes(
      'note: without the fix umh: from point 1 on, kernel/fork.c lacks the line "#include <linux/umh.h>"',
    ),
  );
  t.regex(without.out, /reproduce: quiltboot build mine .*--without-fix umh/);
  t.is((await at.run('build')).code, 0);

  const unknown = await at.run('build', '--without-fix', 'uhm');
  t.is(unknown.code, 2);
  t.regex(unknown.err, /series "mine" for base "6\.1" has no variant "uhm" \[QB-[A-Z]+\]\n {2}did you mean umh\?/);
  const misfit = await at.run('build', '--without-fix', 'gone');
  t.is(misfit.code, 2);
  t.regex(misfit.err, /quiltboot\.yaml:8:\d+: variant gone does not fit point 2: kernel\/fork\.c has no line/);
});
