/** Tests of the kernel's own tree, built against its headers and run in guests of the kernel itself. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';

test.serial('programs of a real tree are built static, and run in guests of its kernel', async (t) => {
  t.timeout(kernelTimeoutMs);
  const empty = await emptyPlace(t);
  // The user's own cache: the tree is in it.
  const place = placeIn(empty.directory, { NO_COLOR: '1' });
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: own, tree: linux-6.1, targets: [x86_64]}
trees:
  linux-6.1: {base: "6.1", debian: linux-source-6.1, fragments: [builtin]}
series:
  own:
    trust: own
    suites: ['kselftest:sigaltstack', 'kselftest:timers/posix_timers', 'kselftest:kcmp']
    bases: {"6.1": {}}
`,
  );
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
