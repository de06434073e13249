import path from 'node:path';
import { copyIfThere } from '../../host/files/write.ts';
import { type Cell, UserError } from '../../model/index.ts';
import { mergeRuns } from '../../results/index.ts';
import { withComparison } from './compare.ts';
import { openRunDirectory, openStoredRun, type StoredRun } from './directory.ts';

export interface MergeRequest {
  /** Directories or `run.json` files of the runs; absolute. */
  readonly runs: readonly string[];
  /** Directory that run directories are made in. */
  readonly out: string;
  readonly command: string;
  /** An earlier run to compare with; absolute. */
  readonly against?: string;
}

/** Directories below `cells/` that a cell's logs are in. */
export function directoriesOf(cell: Cell): string[] {
  const tops = Object.values(cell.logs).map((log) => log.split('/').slice(0, 2).join('/'));
  return [...new Set(tops)].filter((top) => /^cells\/[^/]+$/.test(top) && !top.endsWith('/..'));
}

/** Makes one stored run of several, with the logs of all of them. */
export async function mergeStored(request: MergeRequest): Promise<StoredRun> {
  const stored = await Promise.all(request.runs.map(openStoredRun));
  const [first] = stored;
  if (!first)
    throw new UserError('there is no run to merge', { code: 'QB-STORED', hint: 'name the directories of the runs' });
  const against = request.against === undefined ? undefined : await openStoredRun(request.against);
  // Whatever can be refused is refused before there is a directory.
  mergeRuns(
    stored.map(({ run }) => run),
    { id: '', command: '' },
  );
  const { series, tree } = first.run;
  const directory = await openRunDirectory(request.out, new Date(), `${series.name}-${tree.name}`);
  const { run, sources } = mergeRuns(
    stored.map((one) => one.run),
    { id: directory.id, command: request.command },
  );
  for (const [cell, source] of sources) {
    const from = stored.find((one) => one.run === source)?.directory ?? '';
    for (const place of directoriesOf(cell))
      await copyIfThere(path.join(from, place), path.join(directory.path, place));
  }
  const merged = against ? await withComparison({ run, directory: directory.path }, against) : run;
  await directory.finish(merged);
  return { run: merged, directory: directory.path };
}
