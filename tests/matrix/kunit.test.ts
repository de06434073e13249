/** KUnit suites of the kernel itself, built in and run in boots of their own. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { latestRun } from '../support/program.ts';
import { placeOfTreeSuites } from '../support/tree-suites.ts';

test.serial('KUnit suites of a real kernel run on both targets, and all their tests have results', async (t) => {
  t.timeout(kernelTimeoutMs);
  const place = await placeOfTreeSuites(t, {
    targets: ['x86_64', 's390x'],
    suites: ['kunit:list_test', 'kunit:kunit*'],
  });
  const { code, out, err } = await place.run('run');
  t.is(code, 0, out + err);
  const { cells } = await latestRun(place);
  t.is(cells.length, 2);
  for (const { target, cases } of cells) {
    const suites = new Set(cases.map(({ name }) => name.split(' / ')[0]));
    for (const one of ['list-kunit-test', 'hlist', 'kunit-try-catch-test', 'kunit_status']) {
      t.true(suites.has(one), `${target}: ${[...suites].join(', ')}`);
    }
    t.deepEqual(
      cases.filter(({ outcome }) => outcome !== 'pass' && outcome !== 'skip'),
      [],
      target,
    );
    t.true(cases.length > 60, `${target}: ${cases.length} cases`);
  }
});
