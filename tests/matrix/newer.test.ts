/** Kernels of today with the fragments that come with quiltboot: they configure, build and boot, and the log is whole. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';

const trees = [
  { base: '6.12', source: '{debian: linux-source-6.12' },
  { base: '7.3', source: '{debian: linux-source-7.3, release: trixie-backports' },
];

for (const { base, source } of trees) {
  test.serial(`the built-in fragments boot Linux ${base} on x86_64 and s390x`, async (t) => {
    t.timeout(kernelTimeoutMs);
    const { directory } = await emptyPlace(t);
    // The user's own cache: a tree is fetched once.
    const place = placeIn(directory, { NO_COLOR: '1' });
    await place.write(
      'quiltboot.yaml',
      `version: 1
defaults: {series: own, tree: newer, targets: [x86_64, s390x]}
trees:
  newer: ${source}, base: "${base}", fragments: [builtin]}
series:
  own: {trust: own, bases: {"${base}": {}}}
`,
    );
    const { code, out, err } = await place.run('boot');
    t.is(code, 0, out + err);
    t.log(out);
    const { cells } = await latestRun(place);
    t.deepEqual(
      cells.map(({ target, stage, outcome }) => `${target} ${stage} ${outcome}`),
      ['x86_64 boot pass', 's390x boot pass'],
    );
  });
}
