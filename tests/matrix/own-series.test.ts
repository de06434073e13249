/** A driver of one's own, from the files of `git format-patch` to a matrix: as a module, with ava, KUnit and kselftest. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';
import { spoolSeries } from '../support/spool-series.ts';

const suite = `import { suite } from 'quiltboot/suite';
const { test } = suite({ needs: ['spool'] });
const length = '/sys/kernel/spool/length';

test('a spool begins empty', async (t, { guest }) => {
  t.is(await guest.read(length), '0\\n');
});

test('it takes thread', { needs: ['wind'] }, async (t, { guest }) => {
  await guest.write(length, '40');
  await guest.write(length, '2');
  t.is(await guest.read(length), '42\\n');
});

test('it takes no more than it holds', { needs: ['wind'] }, async (t, { guest }) => {
  const refused = await t.throwsAsync(guest.write(length, '1001'));
  t.regex(refused.message, /ENOSPC/);
});
`;

const targets = ['x86_64', 's390x', 'arm64'];

const project = `version: 1
defaults: {series: spool, tree: linux-6.1, targets: [${targets.join(', ')}]}
modules: [spool]
trees:
  linux-6.1: {base: "6.1", debian: linux-source-6.1, fragments: [builtin]}
series:
  spool:
    trust: own
    suites: [suites, "kunit:spool", "kselftest:spool"]
    bases:
      "6.1":
        queue: patches/spool/6.1
        fragments: [{file: spool.config, from: misc-add-spools.patch}]
        features: {spool: misc-add-spools.patch, wind: spool-take-thread.patch}
`;

test.serial('a driver goes from the files of format-patch to a matrix', async (t) => {
  t.timeout(kernelTimeoutMs);
  const { directory } = await emptyPlace(t);
  // The user's own cache: the tree is in it.
  const place = placeIn(directory, { NO_COLOR: '1' });
  const names = ['misc-add-spools', 'spool-take-thread', 'spool-add-tests', 'selftests-wind-a-spool'];
  for (const [index, text] of spoolSeries.entries())
    await place.write(`mail/000${index + 1}-${names[index] ?? ''}.patch`, text);
  const imported = await place.run('import', 'mail', '--name', 'spool', '--base', '6.1');
  t.is(imported.code, 0, imported.out + imported.err);
  await place.write('spool.config', 'CONFIG_MODULES=y\nCONFIG_SPOOL=m\n');
  await place.write('suites/spool.ts', suite);
  await place.write('quiltboot.yaml', project);
  const { code, out, err } = await place.run('run');
  t.log(out);
  t.is(code, 0, out + err);
  const { cells, verdict } = await latestRun(place);
  t.is(verdict, 'pass');
  for (const target of targets) {
    const last = cells.find((cell) => cell.point === 4 && cell.target === target);
    const passed = last?.cases.filter(({ outcome }) => outcome === 'pass').map(({ name }) => name) ?? [];
    t.deepEqual(
      passed.sort(),
      [
        'a spool begins empty',
        'it takes no more than it holds',
        'it takes thread',
        'spool',
        'spool / a spool begins empty',
        'spool / it takes thread',
        'spool / spool_is_full',
        'spool / spool_takes_thread',
      ],
      target,
    );
  }
});
