import { createHash } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { kernelTimeoutMs } from './kernels.ts';
import { type Place, placeIn, root } from './program.ts';

/**
 * Where the projects of one test file are, one after the other: builds of a vouched series go by the place of its queue, so
 * that the tests of a file, and those of the next run, share a build directory.
 */
const directory = path.join(
  os.tmpdir(),
  `quiltboot-real-${path.basename(test.meta.file, '.test.js')}-${createHash('sha256').update(root).digest('hex').slice(0, 8)}`,
);

/**
 * An empty project on the user's own cache: the tree is in it, and the objects of a series that has run. For tests that run
 * one after the other.
 */
export async function steadyPlace(t: ExecutionContext): Promise<Place> {
  t.timeout(kernelTimeoutMs);
  const empty = (): Promise<void> => rm(directory, { recursive: true, force: true });
  await empty();
  await mkdir(directory, { recursive: true });
  t.teardown(empty);
  return placeIn(directory, { NO_COLOR: '1' });
}
