/** Headers that a patch forgot, on the real kernel: told before and after the failure, and put in. */
import test from 'ava';
import { changedProject, own } from '../support/broken-series.ts';
import { latestRun } from '../support/program.ts';

const last = own.length;

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

    const failed = await place.run('build', '--points', `${last}..${last + 1}`, '--fix');
    t.is(failed.code, 1, failed.err);
    t.deepEqual(
      (await latestRun(place)).cells
        .filter(({ outcome }) => outcome !== 'pass')
        .map(({ point, target }) => [point, target]),
      [[last + 1, 's390x']],
    );
    t.regex(failed.out, /'ADDR_NO_RANDOMIZE' undeclared/);
    t.regex(failed.out, /x86_64 comes to it by kernel\/container\/tasks\.c:\d+ -> .*personality\.h/);
    t.true(failed.out.includes(`\nfixed (built points ${last}, ${last + 1} on x86_64, s390x`), failed.out);
    const mended = await place.run('build', '--points', 'final');
    t.is(mended.code, 0, mended.out + mended.err);
  },
);
