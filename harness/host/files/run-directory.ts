import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { UserError } from '../../model/index.ts';
import { withHostErrors } from './errors.ts';
import { listDirectory } from './list.ts';
import { readText } from './read.ts';
import { ensureDirectory } from './write.ts';

/** Makes a directory that nothing else uses: `NAME`, or `NAME-2` and so on when two runs begin in the same second. */
export async function makeUniqueDirectory(
  parent: string,
  name: string,
): Promise<{ readonly id: string; readonly directory: string }> {
  await ensureDirectory(parent);
  for (let number = 1; ; number++) {
    const id = number === 1 ? name : `${name}-${number}`;
    const directory = path.join(parent, id);
    try {
      await mkdir(directory);
      return { id, directory };
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EEXIST') continue;
      return await withHostErrors(`create ${directory}`, () => Promise.reject(error as Error));
    }
  }
}

/** The JSON of a stored run, from its directory or its `run.json`, and the file that it is in. */
export async function readRun(place: string): Promise<{ readonly file: string; readonly value: unknown }> {
  const file = place.endsWith('.json') ? place : path.join(place, 'run.json');
  const text = await readText(file);
  if (text === undefined) {
    const near = await listDirectory(path.dirname(path.resolve(place))).catch(() => []);
    throw new UserError(`no stored run at ${place}`, {
      code: 'QB-STORED',
      hint: near.length > 0 ? `there is: ${near.slice(-8).join(', ')}` : 'make one with: quiltboot run',
    });
  }
  try {
    return { file, value: JSON.parse(text) as unknown };
  } catch (error) {
    throw new UserError(`${file} is not a stored run: ${(error as Error).message}`, {
      code: 'QB-STORED',
      cause: error,
    });
  }
}
