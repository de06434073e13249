/** Directories that somebody removes while the program works in them. */
import { mkdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { execa } from 'execa';
import { long } from '../support/detail.ts';
import {
  imagesOf,
  matrixProject,
  matrixWords,
  randomFrom,
  seed,
  undisturbed,
  withEmptyCache,
} from '../support/disturbed.ts';
import { emptyPlace, latestRun, program } from '../support/program.ts';

test('a current directory that was removed is told as what it is', async (t) => {
  const place = await emptyPlace(t);
  await mkdir(path.join(place.directory, 'gone'));
  const script = 'cd gone && rmdir ../gone && exec "$@"';
  const { exitCode, stderr } = await execa('sh', ['-c', script, 'sh', ...program, 'doctor'], {
    cwd: place.directory,
    reject: false,
  });
  t.is(exitCode, 2, stderr);
  t.regex(stderr, /the current directory was removed/);
});

const rounds = long ? 10 : 2;

(long ? test.serial : test.serial.skip)(
  `a cache that is removed at ${rounds} random moments of a run is no patch's fault`,
  async (t) => {
    t.timeout(60 * 60_000);
    const random = randomFrom(seed);
    const place = await matrixProject(t);
    const { images, ms } = await undisturbed(t, place);
    for (let round = 0; round < rounds; round += 1) {
      const own = await withEmptyCache(t, place);
      const after = Math.round(random() * ms);
      const where = `seed ${seed}, removed after ${after} of ${Math.round(ms)} ms`;
      await rm(path.join(own.directory, '.quiltboot'), { recursive: true, force: true });
      const started = own.start(...matrixWords);
      await sleep(after);
      await execa('rm', ['-rf', own.env['QUILTBOOT_CACHE'] ?? ''], { reject: false });
      const { code, err } = await started.ended;
      t.true(code === 69 || code === 0, `ended with ${code ?? '?'}: ${where}\n${err}`);
      const blamed = ((await latestRun(own).catch(() => undefined))?.cells ?? []).filter(
        ({ cause }) => cause?.blame === 'kernel',
      );
      t.deepEqual(blamed, [], where);
      const next = await own.run(...matrixWords);
      t.is(next.code, 0, `${where}\n${next.err}`);
      t.deepEqual(await imagesOf(own), images, where);
    }
  },
);
