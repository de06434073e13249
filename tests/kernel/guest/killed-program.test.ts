/** The program killed with SIGKILL while guests run, and started again. */
import { mkdir, readdir, symlink } from 'node:fs/promises';
import path from 'node:path';
import test from 'ava';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import { kernelTimeoutMs, testKernels } from '../../support/kernels.ts';
import { between, killAfter } from '../../support/processes.ts';
import { emptyPlace, latestRun, placeIn } from '../../support/program.ts';

const cases = 14;
const suite = `import test from 'quiltboot/suite';
for (let index = 0; index < ${cases}; index += 1)
  test('case ' + index, async (t, { guest }) => { t.is(await guest.sh('echo ' + index), index + '\\n'); });
`;

const kernels = testKernels();
for (const { target, image } of kernels) {
  test.serial(`${target.name}: killed while guests run, and started again`, async (t) => {
    t.timeout(kernelTimeoutMs);
    const kernel = await image();
    t.timeout(240_000);
    const empty = await emptyPlace(t);
    const temporary = path.join(empty.directory, 't');
    await mkdir(temporary);
    await mkdir(path.join(empty.directory, 'cache'));
    await symlink(cachePaths(process.env).downloads, path.join(empty.directory, 'cache', 'downloads'));
    const place = placeIn(empty.directory, { ...empty.env, TMPDIR: temporary });
    await place.write('suites/many.ts', suite);
    const words = ['test', 'none', '--kernel', kernel, '--target', target.name, '--suite', 'suites/many.ts'];
    // The image and the snapshot are made by the first; later ones are killed among their cases.
    for (let round = 0; round < 3; round += 1) {
      const after = round === 0 ? 4000 : between(1200, 4000);
      t.deepEqual(await killAfter(place.start(...words), after), [], `killed after ${after} ms`);
    }
    const { code, err, out } = await place.run(...words);
    t.is(code, 0, err + out);
    const [cell] = (await latestRun(place)).cells;
    t.deepEqual(
      cell?.cases.map(({ name, outcome }) => `${name} ${outcome}`).sort(),
      Array.from({ length: cases }, (_, index) => `case ${index} pass`).sort(),
    );
    const left = (await readdir(temporary)).filter((name) => /^(?:quiltboot|qb)-/.test(name));
    t.deepEqual(left, [], 'what the dead have left behind is gone');
  });
}
