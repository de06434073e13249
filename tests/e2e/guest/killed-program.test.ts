import { mkdir, readdir, readFile, symlink } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import type { Run } from '../../../harness/model/index.ts';
import { kernelTimeoutMs, testKernels } from '../../support/kernels.ts';
import { descendants, type ProcessId, stillThere } from '../../support/processes.ts';
import {
  changeSched,
  emptyPlace,
  fakeProject,
  mail,
  type Place,
  placeIn,
  type Started,
  schedLine,
} from '../../support/program.ts';

/** The program killed with SIGKILL, as by the machine's own hand, and started again. */

const between = (from: number, to: number): number => Math.round(from + Math.random() * (to - from));

/** Kills the program after a while; resolves with the processes below it that outlive it for long. */
async function killAfter(started: Started, ms: number): Promise<ProcessId[]> {
  await sleep(ms);
  const below = await descendants(started.pid ?? 0);
  started.kill('SIGKILL');
  await started.ended;
  for (let tries = 0; tries < 100 && (await stillThere(below)).length > 0; tries += 1) await sleep(100);
  return await stillThere(below);
}

async function lastRun(place: Place): Promise<Run> {
  return JSON.parse(await readFile(path.join(place.directory, '.quiltboot/runs/latest/run.json'), 'utf8')) as Run;
}

test('a run killed again and again ends well at last: nothing runs on, nothing is lost, nothing comes twice', async (t) => {
  t.timeout(240_000);
  const place = await fakeProject(t, {
    'one.patch': mail('say more', changeSched(schedLine, 'say("log sched: set");')),
    'two.patch': mail('say less', changeSched('say("log sched: set");', 'say("log sched: go");')),
  });
  const words = ['build', '--target', 'x86_64,s390x'];
  for (let round = 0; round < 3; round += 1) {
    const after = between(300, 3000);
    t.deepEqual(await killAfter(place.start(...words), after), [], `killed after ${after} ms`);
  }
  const { code, err } = await place.run(...words);
  t.is(code, 0, err);
  const run = await lastRun(place);
  const cells = run.cells.map(({ point, target, outcome }) => `${point} ${target} ${outcome}`);
  t.deepEqual(
    cells.sort(),
    [0, 1, 2].flatMap((point) => [`${point} s390x pass`, `${point} x86_64 pass`]),
  );
  await place.run(...words);
  t.true(
    (await lastRun(place)).cells.every(({ reused }) => reused),
    'what was stored is whole',
  );
});

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
    const [cell] = (await lastRun(place)).cells;
    t.deepEqual(
      cell?.cases.map(({ name, outcome }) => `${name} ${outcome}`).sort(),
      Array.from({ length: cases }, (_, index) => `case ${index} pass`).sort(),
    );
    const left = (await readdir(temporary)).filter((name) => /^(?:quiltboot|qb)-/.test(name));
    t.deepEqual(left, [], 'what the dead have left behind is gone');
  });
}
