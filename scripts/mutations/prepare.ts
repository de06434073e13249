/** What all faults of a hunt have in common, and the walk over them. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type BootTarget,
  type Context,
  configure,
  contentsImage,
  fetchTree,
  openWorktree,
  readSeries,
  type Selection,
  type Series,
  type Source,
  UserError,
} from '../../harness/index.ts';
import { fragmentsAt } from '../../harness/pipeline/run/build-cell.ts';
import type { Fault, ReadFile } from './faults.ts';
import type { Hunt } from './hunt.ts';
import { writeQueue } from './queue.ts';

export interface Place {
  readonly selection: Selection;
  readonly target: BootTarget;
  readonly series: Series;
  readonly suites: readonly string[];
  readonly context: Context;
  /** Absolute path of a directory for queue and logs: builds go by the place of the queue, so it is the same each time. */
  readonly work: string;
}

/** Calls back with what reads the tree at the last point of the series. */
export async function atLastPoint<T>(
  { selection, series, context }: Place,
  use: (read: ReadFile, source: Source) => Promise<T>,
): Promise<T> {
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series }, context);
  try {
    const source = worktree.sources.at(-1);
    if (source === undefined) throw new UserError('the series does not apply');
    const directory = await source.checkout();
    const texts = new Map<string, string | undefined>();
    const read: ReadFile = async (file) => {
      if (!texts.has(file)) texts.set(file, await readFile(path.join(directory, file), 'utf8').catch(() => undefined));
      return texts.get(file);
    };
    return await use(read, source);
  } finally {
    await worktree.close();
  }
}

/** What a hunt needs of the series as it is. */
export async function prepareHunt(place: Place, source: Source): Promise<Hunt> {
  const { selection, target, series, context, suites, work } = place;
  const fragments = fragmentsAt(selection, series, target, series.patches.length);
  const configured = await configure({ source, target, toolchain: selection.toolchain, fragments }, context);
  const { initramfs } = await contentsImage({ target, contents: selection.project.guest }, context);
  return { suites, selection, target, series, configured, initramfs, context, logs: path.join(work, 'logs') };
}

/** Walks over the faults: calls back with each and the point at which the tree has it, one after the other. */
export async function walkFaults(
  { selection, series, context, work }: Place,
  faults: readonly Fault[],
  read: ReadFile,
  visit: (fault: Fault, source: Source) => Promise<void>,
): Promise<void> {
  const directory = path.join(work, 'queue');
  await writeQueue(series, directory, faults, read);
  const queue = await readSeries({ ...selection.spec, directory });
  const tree = await fetchTree(selection.recipe, context);
  const worktree = await openWorktree({ tree, series: queue }, context);
  try {
    for (const [index, fault] of faults.entries()) {
      const source = worktree.sources[series.patches.length + index + 1];
      if (source === undefined) throw new UserError(`the fault ${fault.name} does not apply`);
      await visit(fault, source);
    }
  } finally {
    await worktree.close();
  }
}
