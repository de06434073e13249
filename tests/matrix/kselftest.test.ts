/** Tests of the kernel's own tree, built against its headers and run in guests of the kernel itself. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { latestRun } from '../support/program.ts';
import { placeOfTreeSuites } from '../support/tree-suites.ts';

test.serial('programs of a real tree are built static, and run in guests of its kernel', async (t) => {
  t.timeout(kernelTimeoutMs);
  const place = await placeOfTreeSuites(t, {
    targets: ['x86_64'],
    suites: ['kselftest:sigaltstack', 'kselftest:timers/posix_timers', 'kselftest:kcmp'],
  });
  const { code, out, err } = await place.run('run');
  t.is(code, 1, out + err);
  const { cells } = await latestRun(place);
  const told = cells.flatMap(({ cases }) => cases.map(({ suite, name, outcome }) => `${suite} ${name}: ${outcome}`));
  t.deepEqual(told.sort(), [
    // The kernel has no CONFIG_KCMP, which the collection does not ask for; the program ends with 0 all the same.
    'kselftest:kcmp kcmp_test / tests 1 to 3: fail',
    'kselftest:kcmp kcmp_test: pass',
    'kselftest:sigaltstack sas / Initial sigaltstack state was SS_DISABLE: pass',
    'kselftest:sigaltstack sas / sigaltstack is disabled in sighandler: pass',
    'kselftest:sigaltstack sas / sigaltstack is still SS_AUTODISARM after signal: pass',
    'kselftest:sigaltstack sas: pass',
    'kselftest:timers/posix_timers posix_timers: pass',
  ]);
  const wrong = await place.run('run', '--suite', 'kselftest:timers/posix_timer');
  t.is(wrong.code, 2, wrong.out + wrong.err);
  t.regex(wrong.err, /has no test "posix_timer"; did you mean "kselftest:timers\/posix_timers"\?/);
});
