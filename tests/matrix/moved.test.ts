/** Kernels that lie elsewhere in memory at each boot, and that know what they have leaked. */
import path from 'node:path';
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { emptyPlace, latestRun, placeIn, root } from '../support/program.ts';

const kconfig = path.join(root, 'kconfig/6.1');

const suite = `import { suite } from 'quiltboot/suite';
const { test } = suite();
test('hangs', { timeoutMs: 8000 }, async (t, { guest }) => { await guest.write('/proc/provoke', 'hang'); t.pass(); });
test('leaks', async (t, { guest }) => { await guest.write('/proc/provoke', 'leak'); t.pass(); });
test('leaks nothing', async (t, { guest }) => { await guest.sh('mkdir /here; rmdir /here'); t.pass(); });
`;

test.serial('a hang has a name on kernels that move at boot, and a leak fails its case', async (t) => {
  t.timeout(kernelTimeoutMs);
  const empty = await emptyPlace(t);
  // The user's own cache: the tree is in it.
  const place = placeIn(empty.directory, { NO_COLOR: '1' });
  await place.write('suites/here.ts', suite);
  await place.write(
    'moving.config',
    'CONFIG_RELOCATABLE=y\nCONFIG_RANDOMIZE_BASE=y\nCONFIG_DEBUG_FS=y\nCONFIG_DEBUG_KMEMLEAK=y\n# CONFIG_DEBUG_KMEMLEAK_AUTO_SCAN is not set\n',
  );
  await place.write(
    'quiltboot.yaml',
    `version: 1
defaults: {series: crash, tree: linux-6.1, targets: [x86_64, s390x]}
trees:
  linux-6.1:
    base: "6.1"
    debian: linux-source-6.1
    fragments: [${kconfig}/base.config, moving.config]
    targetFragments: {x86_64: [${kconfig}/x86_64.config], s390x: [${kconfig}/s390x.config]}
series:
  crash:
    trust: own
    suites: [suites]
    bases:
      "6.1":
        queue: ${path.join(root, 'patches/crash/6.1')}
        fragments: [{file: ${kconfig}/crash-provoke.config, from: provoke.patch}]
`,
  );
  const { code, out, err } = await place.run('run', '--points', 'final');
  t.log(out);
  t.is(code, 1, err);
  const { cells } = await latestRun(place);
  t.is(cells.length, 2);
  for (const { target, cases } of cells) {
    const [hangs, leaks, nothing] = ['hangs', 'leaks', 'leaks nothing'].map((name) =>
      cases.find((one) => one.name === name),
    );
    t.is(hangs?.outcome, 'timeout', target);
    t.regex([hangs?.cause?.summary, ...(hangs?.cause?.excerpt ?? [])].join('\n'), /CPU 0 in provoke_hang\+/, target);
    t.is(leaks?.outcome, 'crash', target);
    t.regex(leaks?.cause?.summary ?? '', /^kmemleak: unreferenced object/, target);
    t.is(nothing?.outcome, 'pass', target);
  }
});
