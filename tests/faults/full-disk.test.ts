/** A disk that is full, at whatever stage: the machine's fault, said so, and nothing half done is left. */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
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
import { latestRun, type Place, placeIn } from '../support/program.ts';

const rounds = 20;

/** Why a small file system can't be made here; a mount in a place of its own would need the same rights. */
async function mountProblem(): Promise<string | undefined> {
  const { failed, stderr } = await execa('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { reject: false });
  return failed ? stderr.trim().slice(0, 80) || 'mount fails' : undefined;
}

const problem = process.getuid?.() === 0 ? await mountProblem() : 'only root may mount';
const mounting = problem === undefined ? test.serial : test.serial.skip;
const because = problem === undefined ? '' : ` (skipped: ${problem})`;

/** A directory of so many KiB. */
async function small(t: ExecutionContext, directory: string, kib: number): Promise<void> {
  await mkdir(directory, { recursive: true });
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${kib}k`, 'tmpfs', directory]);
  t.teardown(async () => {
    await execa('umount', ['-l', directory], { reject: false });
  });
}

async function kibOf(directory: string): Promise<number> {
  return Number.parseInt((await execa('du', ['-sk', directory])).stdout, 10);
}

/** Nothing that the disk did is a patch's fault. */
async function blamesNoPatch(t: ExecutionContext, place: Place, where: string): Promise<void> {
  const run = await latestRun(place).catch(() => undefined);
  const blamed = (run?.cells ?? []).filter(({ cause }) => cause !== null && cause.blame !== 'host');
  t.deepEqual(blamed, [], where);
}

(long ? mounting : test.serial.skip)(
  `a cache of ${rounds} random sizes that is too small for a run${because}`,
  async (t) => {
    t.timeout(60 * 60_000);
    const random = randomFrom(seed);
    const place = await matrixProject(t);
    const { images } = await undisturbed(t, place);
    const whole = await withEmptyCache(t, place);
    t.is((await whole.run(...matrixWords)).code, 0);
    const needed = await kibOf(whole.env['QUILTBOOT_CACHE'] ?? '');
    const ends: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      // As often too small for the first stages as for the last.
      const kib = Math.round(60 * (needed / 60) ** random());
      const own = await withEmptyCache(t, place);
      const cache = own.env['QUILTBOOT_CACHE'] ?? '';
      await small(t, cache, kib);
      const first = await own.run(...matrixWords);
      const where = `seed ${seed}, ${kib} of ${needed} KiB\n${first.err}`;
      t.true(first.code === 69 || first.code === 0, `ended with ${first.code ?? '?'}: ${where}`);
      // Git says of its own files only that it could not write them.
      if (first.code === 69)
        t.regex(first.err, /disk is full|No space left|ENOSPC|couldn't write|Out of diskspace/, where);
      t.notRegex(first.err, /internal error/, where);
      await blamesNoPatch(t, own, where);
      ends.push(
        `${kib}: ${/(\w+) .*(?:disk is full|No space left|ENOSPC)/.exec(first.err)?.[0].slice(0, 60) ?? 'passed'}`,
      );
      await execa('mount', ['-o', `remount,size=${4 * needed}k`, cache]);
      const second = await own.run(...matrixWords);
      t.is(second.code, 0, `${where}\nwith room: ${second.err}`);
      t.deepEqual(await imagesOf(own), images, where);
    }
    t.log(`seed ${seed}\n${ends.join('\n')}`);
  },
);

mounting(`a project's directory without room for its runs${because}`, async (t) => {
  t.timeout(10 * 60_000);
  const place = await matrixProject(t);
  await small(t, path.join(place.directory, '.quiltboot'), 16);
  const full = await place.run(...matrixWords);
  t.is(full.code, 69, full.err);
  t.regex(full.err, /disk is full|No space left|ENOSPC/);
  await execa('mount', ['-o', 'remount,size=100m', path.join(place.directory, '.quiltboot')]);
  t.is((await place.run(...matrixWords)).code, 0);
});

mounting(`no room for temporary files${because}`, async (t) => {
  t.timeout(10 * 60_000);
  const place = await matrixProject(t);
  const temporary = path.join(place.directory, 'temporary');
  await small(t, temporary, 4);
  const own = placeIn(place.directory, { ...place.env, TMPDIR: temporary });
  const full = await own.run(...matrixWords);
  t.true(full.code === 69 || full.code === 0, full.err);
  await blamesNoPatch(t, own, full.err);
  await execa('mount', ['-o', 'remount,size=100m', temporary]);
  t.is((await own.run(...matrixWords)).code, 0);
});
