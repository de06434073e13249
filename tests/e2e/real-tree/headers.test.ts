/** Headers that a patch forgot, on the real kernel: told, put in, and found ahead of the failure. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { changedProject, realProject, wholeQueue, writeQueue } from '../../support/broken-series.ts';
import { latestRun } from '../../support/program.ts';

test.serial('the header that a patch forgot is found and put in, on the real kernel', async (t) => {
  const place = await realProject(t);
  const names = (await readFile(path.join(wholeQueue, 'series'), 'utf8')).trim().split('\n');
  const seventh = names.indexOf('container-release-agent.patch');
  const lacking = names[seventh] ?? '';
  const patch = await readFile(path.join(wholeQueue, lacking), 'utf8');
  const without = patch
    .replace('+#include <linux/kmod.h>\n', '')
    .replace(
      /(\+\+\+ b\/kernel\/container\/release\.c\n@@ -0,0 \+1,)(\d+)/,
      (_, front: string, lines: string) => `${front}${Number(lines) - 1}`,
    );
  t.not(without, patch);
  await writeQueue(place, names.slice(0, seventh), new Map([[lacking, without]]));

  const words = ['build', '--points', 'final', '--target', 's390x'];
  const broken = await place.run(...words, '--fix');
  t.is(broken.code, 1, broken.err);
  t.regex(broken.out, /release\.c:\d+:\d+: implicit declaration of function 'call_usermodehelper'/);
  t.regex(broken.out, /call_usermodehelper is declared at include\/linux\/umh\.h:\d+/);
  t.regex(broken.out, /^fixed \(built points 6, 7 on s390x/m);
  const mended = await place.run(...words);
  t.is(mended.code, 0, mended.out + mended.err);
});

test.serial(
  'x86 builds, s390 does not: told before and after the failure, and mended, on the real kernel',
  async (t) => {
    // x86's <asm/elf.h> brings <linux/personality.h> in, that of s390 does not.
    const exiting = 'if (task->flags & PF_EXITING)\n';
    const place = await changedProject(t, [
      {
        name: 'only-randomized',
        from: exiting,
        to: `if (task->flags & PF_EXITING ||\n\t\t    task->personality & ADDR_NO_RANDOMIZE)\n`,
      },
    ]);
    const ahead = await place.run('lint-includes');
    t.is(ahead.code, 1, ahead.err);
    t.regex(
      ahead.out,
      /^kernel\/container\/tasks\.c: <linux\/personality\.h>\n {2}uses ADDR_NO_RANDOMIZE \(line \d+\)\n/m,
    );
    t.regex(ahead.out, /^ {4}s390x: nothing declares it there$/m);

    const failed = await place.run('build', '--points', '2..3', '--fix');
    t.is(failed.code, 1, failed.err);
    t.deepEqual(
      (await latestRun(place)).cells
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ point, target }) => [point, target]),
      [[3, 's390x']],
    );
    t.regex(failed.out, /'ADDR_NO_RANDOMIZE' undeclared/);
    t.regex(failed.out, /x86_64 comes to it by kernel\/container\/tasks\.c:\d+ -> .*personality\.h/);
    t.regex(failed.out, /^fixed \(built points 2, 3 on x86_64, s390x/m);
    const mended = await place.run('build', '--points', 'final');
    t.is(mended.code, 0, mended.out + mended.err);
    const after = await place.run('lint-includes');
    t.is(after.code, 0, after.out + after.err);
  },
);
