/** SIGKILL in the middle of a run, and the same command again. */
import test from 'ava';
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
import { killAfter } from '../support/processes.ts';

/** Moments that are tried, each of a run that begins with an empty cache, in tests of so many. */
const kills = long ? 100 : 2;
const inOne = long ? 10 : 2;

for (let batch = 0; batch < kills / inOne; batch += 1) {
  const many = batch === 0 ? '' : `, ${batch + 1}`;
  // Builds side by side would make the moments those of a starved machine.
  test.serial(
    `a run killed at ${inOne} random moments ends, when it is resumed, with the images of an undisturbed one${many}`,
    async (t) => {
      t.timeout(60 * 60_000);
      const own = seed + batch;
      const random = randomFrom(own);
      const place = await matrixProject(t);
      const { images, ms } = await undisturbed(t, place);
      const moments: number[] = [];
      for (let round = 0; round < inOne; round += 1) {
        const cached = await withEmptyCache(t, place);
        const after = Math.round(random() * ms);
        moments.push(after);
        const where = `seed ${own}, round ${round}, killed after ${after} of ${Math.round(ms)} ms`;
        t.deepEqual(await killAfter(cached.start(...matrixWords), after), [], `what runs on: ${where}`);
        const { code, out, err } = await cached.run(...matrixWords);
        t.is(code, 0, `${where}\n${out}\n${err}`);
        t.deepEqual(await imagesOf(cached), images, where);
      }
      t.log(`seed ${own}, undisturbed ${Math.round(ms)} ms, killed after ${moments.join(' ')} ms`);
    },
  );
}
