/** SIGKILL in the middle of a run, and the same command again. */
import test from 'ava';
import {
  imagesOf,
  long,
  matrixProject,
  matrixWords,
  randomFrom,
  seed,
  undisturbed,
  withEmptyCache,
} from '../support/disturbed.ts';
import { killAfter } from '../support/processes.ts';

/** Moments that are tried, each of a run that begins with an empty cache. */
const kills = long ? 100 : 2;

test(`a run killed at ${kills} random moments ends, when it is resumed, with the images of an undisturbed one`, async (t) => {
  t.timeout(60 * 60_000);
  const random = randomFrom(seed);
  const place = await matrixProject(t);
  const { images, ms } = await undisturbed(t, place);
  const moments: number[] = [];
  for (let round = 0; round < kills; round += 1) {
    const own = await withEmptyCache(t, place);
    const after = Math.round(random() * ms);
    moments.push(after);
    const where = `seed ${seed}, round ${round}, killed after ${after} of ${Math.round(ms)} ms`;
    t.deepEqual(await killAfter(own.start(...matrixWords), after), [], `what runs on: ${where}`);
    const { code, err } = await own.run(...matrixWords);
    t.is(code, 0, `${where}\n${err}`);
    t.deepEqual(await imagesOf(own), images, where);
  }
  t.log(`seed ${seed}, undisturbed ${Math.round(ms)} ms, killed after ${moments.join(' ')} ms`);
});
