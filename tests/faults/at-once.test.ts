/** Two runs of one series, and of two series, at the same moment in one cache. */
import test from 'ava';
import { long } from '../support/detail.ts';
import { imagesOf, matrixProject, matrixWords, undisturbed, withEmptyCache } from '../support/disturbed.ts';
import { placeIn } from '../support/program.ts';

const rounds = long ? 5 : 1;

test(`two runs of one series at once both end with the images of one alone, ${rounds} times`, async (t) => {
  t.timeout(60 * 60_000);
  const place = await matrixProject(t);
  const { images } = await undisturbed(t, place);
  for (let round = 0; round < rounds; round += 1) {
    const own = await withEmptyCache(t, place);
    const ends = await Promise.all([own.run(...matrixWords), own.run(...matrixWords, '--out', 'elsewhere')]);
    for (const { code, err } of ends) t.is(code, 0, err);
    t.deepEqual(await imagesOf(own), images);
    await own.run(...matrixWords);
    t.deepEqual(await imagesOf(own), images, 'and what is stored is whole');
  }
});

test('two projects that call their series the same share one cache at once, and nothing else', async (t) => {
  t.timeout(10 * 60_000);
  const [one, other] = [await matrixProject(t), await matrixProject(t)];
  await other.write('patches/series', 'point-1.patch\npoint-2.patch\n');
  const cache = one.env['QUILTBOOT_CACHE'] ?? '';
  const beside = placeIn(other.directory, { ...other.env, QUILTBOOT_CACHE: cache });
  const ends = await Promise.all([one.run(...matrixWords), beside.run(...matrixWords)]);
  for (const { code, err } of ends) t.is(code, 0, err);
  const [all, some] = [await imagesOf(one), await imagesOf(beside)];
  t.is(Object.keys(some).length, 6);
  for (const [cell, image] of Object.entries(some)) t.is(image, all[cell] ?? '', cell);
});
