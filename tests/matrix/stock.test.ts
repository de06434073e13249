/** Debian's own kernels, whose packages are downloaded: nothing is built. */
import test from 'ava';
import { kernelTimeoutMs } from '../support/kernels.ts';
import { emptyPlace, latestRun, placeIn } from '../support/program.ts';

const suite = `import { suite } from 'quiltboot/suite';
const { test } = suite();
test('the module is there', async (t, { guest }) => {
  t.regex(await guest.read('/proc/modules'), /^dummy /m);
  t.regex(await guest.read('/proc/version'), /Debian/);
});
`;

for (const [target, kernel] of [
  ['x86_64', 'linux-image-amd64'],
  ['i386', 'linux-image-686-pae'],
  ['s390x', 'linux-image-s390x'],
] as const) {
  test.serial(
    `try runs its three cases, and a suite of the user's has the modules that it asks for: ${target}`,
    async (t) => {
      t.timeout(kernelTimeoutMs);
      const empty = await emptyPlace(t);
      // The user's own cache: the package is in it.
      const place = placeIn(empty.directory, { NO_COLOR: '1' });
      const tried = await place.run('try', '--target', target);
      t.is(tried.code, 0, tried.out + tried.err);
      const [cell] = (await latestRun(place)).cells;
      t.deepEqual(
        cell?.cases.map(({ outcome }) => outcome),
        ['pass', 'pass', 'pass'],
      );
      await place.write(
        'quiltboot.yaml',
        `version: 1
defaults: {series: mine, tree: none, targets: [${target}]}
trees: {none: {base: "6.1", directory: linux}}
modules: [dummy]
series: {mine: {suites: [one.ts], bases: {"6.1": {}}}}
`,
      );
      await place.write('one.ts', suite);
      const tested = await place.run('test', '--kernel', `debian:${kernel}`, '--target', target);
      t.is(tested.code, 0, tested.out + tested.err);
      t.regex(tested.out, /1 pass; cases: 1 pass/);
    },
  );
}
