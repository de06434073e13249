/**
 * A clock that was a day ahead or behind while something was made: to what comes next, every file of the cache and of the
 * project then has a time of its own to lie about.
 */
import { lstat, lutimes, readdir } from 'node:fs/promises';
import path from 'node:path';
import { detail } from '../support/detail.ts';
import { imagesOf, matrixProject, matrixWords, undisturbed, withEmptyCache } from '../support/disturbed.ts';

const daySeconds = 24 * 60 * 60;

/** Moves the time of every file below a directory. */
async function shiftTimes(directory: string, seconds: number): Promise<void> {
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const file = path.join(entry.parentPath, entry.name);
    const stat = await lstat(file).catch(() => undefined);
    if (stat) await lutimes(file, stat.atimeMs / 1000 + seconds, stat.mtimeMs / 1000 + seconds);
  }
}

for (const [words, seconds] of [
  ['a day ahead', daySeconds],
  ['a day behind', -daySeconds],
] as const) {
  detail(`a clock that was ${words} when half of the points were built changes no image`, async (t) => {
    t.timeout(20 * 60_000);
    const place = await matrixProject(t);
    const { images } = await undisturbed(t, place);
    const own = await withEmptyCache(t, place);
    t.is((await own.run(...matrixWords, '--points', '0..3')).code, 0);
    await shiftTimes(own.env['QUILTBOOT_CACHE'] ?? '', seconds);
    await shiftTimes(own.directory, seconds);
    const { code, err } = await own.run(...matrixWords);
    t.is(code, 0, err);
    t.deepEqual(await imagesOf(own), images);
    if (seconds > 0) t.regex(err, /the clock was set back since the last build/);
    // And back: what was made just now is of the future, or long gone.
    await shiftTimes(own.env['QUILTBOOT_CACHE'] ?? '', -2 * seconds);
    await own.write('patches/series', 'point-1.patch\npoint-2.patch\n');
    t.is((await own.run(...matrixWords, '--fresh')).code, 0);
    const last = await imagesOf(own);
    for (const [cell, image] of Object.entries(last)) t.is(image, images[cell] ?? '', cell);
  });
}
