/** A matrix of seven points and two targets on the miniature tree, to be disturbed, and what an undisturbed run makes of it. */
import { mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import { long } from './detail.ts';
import { changeSched, fakeProject, latestRun, mail, type Place, placeIn, schedLine } from './program.ts';

const points = 7;

/** A number that decides everything random of a test; `QUILTBOOT_TEST_SEED` repeats it. */
export const seed = Number(process.env['QUILTBOOT_TEST_SEED'] ?? (long ? Math.trunc(Math.random() * 2 ** 31) : 1));

/** Numbers from 0 to 1, each sequence the same for the same seed. */
export function randomFrom(start: number): () => number {
  let state = start >>> 0;
  return () => {
    // Mulberry32.
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Each patch changes what one object says, so that every point has an image of its own. */
export async function matrixProject(t: ExecutionContext): Promise<Place> {
  const says = (point: number): string => (point === 0 ? schedLine : `say("log sched: point ${point}");`);
  const patches = Array.from({ length: points - 1 }, (_, index) => [
    `point-${index + 1}.patch`,
    mail(`reach point ${index + 1}`, changeSched(says(index), says(index + 1))),
  ]);
  return await fakeProject(t, Object.fromEntries(patches) as Record<string, string>);
}

export const matrixWords = ['build', '--target', 'x86_64,s390x'] as const;

/** The same project with another, empty cache. */
export async function withEmptyCache(t: ExecutionContext, place: Place): Promise<Place> {
  const cache = await mkdtemp(path.join(os.tmpdir(), 'quiltboot-cache-'));
  t.teardown(() => rm(cache, { recursive: true, force: true }));
  return placeIn(place.directory, { ...place.env, QUILTBOOT_CACHE: cache });
}

/** The images of the newest run, by point and target. */
export async function imagesOf(place: Place): Promise<Record<string, string | null>> {
  const { cells } = await latestRun(place);
  const named = cells.map(({ point, target, imageHash, outcome }) => [
    `${point} ${target}`,
    outcome === 'pass' ? (imageHash ?? null) : null,
  ]);
  return Object.fromEntries(named.sort()) as Record<string, string | null>;
}

/** What a run makes that nothing disturbs, and the milliseconds that it takes. */
export async function undisturbed(
  t: ExecutionContext,
  place: Place,
): Promise<{ readonly images: Record<string, string | null>; readonly ms: number }> {
  const started = performance.now();
  const { code, err } = await (await withEmptyCache(t, place)).run(...matrixWords);
  const ms = performance.now() - started;
  t.is(code, 0, err);
  const images = await imagesOf(place);
  t.is(new Set(Object.values(images)).size, 2 * points, 'each cell has an image of its own');
  t.false(Object.values(images).includes(null));
  return { images, ms };
}
