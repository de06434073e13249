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
for (const name of ['first', 'second']) {
  test(\`the \${name} guest has a disk that is new\`, async (t, { guest }) => {
    t.is(await guest.read('/sys/block/vda/size'), '6144\\n');
    t.is(await guest.read('/sys/block/vda/serial'), 'disk0');
    const disk = await guest.open('/dev/vda', 'rw');
    t.is(await disk.read(4), '\\0\\0\\0\\0');
    await disk.seek(0);
    t.is(await disk.write('mine'), 4);
    await guest.sh('sync');
  });
}
test('an address comes by DHCP, and nothing else answers', async (t, { guest }) => {
  t.regex(await guest.sh('ipconfig -t 20 all 2>&1'), /10\\.0\\.2\\.15/);
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
modules: [dummy, virtio_pci, virtio_blk, virtio_net]
machines:
  ${target}: {disks: [{size: 3}], network: user-isolated}
series: {mine: {suites: [one.ts], bases: {"6.1": {}}}}
`,
      );
      await place.write('one.ts', suite);
      const tested = await place.run('test', '--kernel', `debian:${kernel}`, '--target', target);
      t.is(tested.code, 0, tested.out + tested.err);
      t.regex(tested.out, /1 pass; cases: 4 pass/);
    },
  );
}
