/** Runs of the program on the real kernel, in the project's own directory. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Run } from '../../harness/model/index.ts';
import { kernelTimeoutMs } from './kernels.ts';
import { emptyPlace, type Place, placeIn, root } from './program.ts';

export interface ProjectPlace {
  readonly place: Place;
  /** Where the runs of this test are stored. */
  readonly out: string;
}

/**
 * The project's own directory, with the runs stored elsewhere. It uses the user's own cache, as `npm start` does: what
 * one of them has fetched and built, the other need not.
 */
export async function projectPlace(t: ExecutionContext): Promise<ProjectPlace> {
  t.timeout(kernelTimeoutMs);
  const { directory } = await emptyPlace(t);
  return { place: placeIn(root, { NO_COLOR: '1' }), out: path.join(directory, 'runs') };
}

async function latest(out: string): Promise<Run> {
  return JSON.parse(await readFile(path.join(out, 'latest', 'run.json'), 'utf8')) as Run;
}

/** Runs the program and shows its report; it has to pass. */
export async function passes(t: ExecutionContext, { place, out }: ProjectPlace, ...words: string[]): Promise<Run> {
  const { code, out: report, err } = await place.run(...words, '--out', out);
  t.log(report);
  t.is(code, 0, err.slice(-4000));
  return latest(out);
}
