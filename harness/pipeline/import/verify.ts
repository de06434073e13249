import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { writeFileAtomic } from '../../host/files/write.ts';
import { mustGit } from '../../host/git/git.ts';
import { applyToIndex, splitMail } from '../../host/git/patch.ts';
import type { Assembly, PlacedRemark } from '../../import/index.ts';
import { type Context, describeError, type PreparedTree, UserError } from '../../model/index.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import type { WrittenPatch } from './write.ts';

export interface QueueToVerify {
  /** Absolute. */
  readonly queue: string;
  readonly name: string;
  readonly tree: PreparedTree;
  readonly patches: readonly WrittenPatch[];
  readonly assembly: Assembly;
}

/** Tries the queue that was written on the tree; what git refuses is a problem. */
export async function verifyQueue(
  { queue, name, tree, patches, assembly }: QueueToVerify,
  context: Context,
): Promise<PlacedRemark[]> {
  const whole = patches.filter((patch) => patch.whole);
  if (whole.length === 0) return [{ text: `no patch is whole, so none was tried on ${tree.name}` }];
  const on =
    tree.base === ''
      ? `${tree.name} (${tree.resolved})`
      : `${tree.name} (base ${tree.base}, Linux ${tree.kernelVersion}, ${tree.resolved})`;
  const spec = {
    name,
    base: tree.base,
    directory: queue,
    fragments: [],
    features: {},
    suites: [],
  };
  try {
    const series = await readSeries(spec, context.signal);
    const worktree = await openWorktree({ tree, series }, context);
    await worktree.close();
    const failed = worktree.points.find(({ outcome }) => outcome === 'fail');
    if (failed === undefined) return [];
    const patch = whole[failed.point - 1];
    const { baseCommit } = assembly;
    const made = baseCommit === undefined ? '' : `; the series was made on commit ${baseCommit}`;
    const gaps = patches.length > whole.length || assembly.missing.length > 0 ? '; patches before it are missing' : '';
    const why = failed.cause === undefined ? '' : `: ${failed.cause.summary}`;
    const excerpt = failed.cause?.excerpt.map((line) => `\n    ${line}`).join('') ?? '';
    const before = worktree.points[failed.point - 1]?.commit;
    const file = `${queue}/${patch?.file ?? ''}`;
    const fuzz = before === undefined ? undefined : await fuzzFor(tree.repository, before, file, context.signal);
    const looser = fuzz === undefined ? '' : `; it would with --fuzz ${fuzz}`;
    return [
      {
        source: file,
        text: `does not apply to ${on}${why}${looser}${made}${gaps}${excerpt}`,
      },
    ];
  } catch (error) {
    // A patch that git can't read, or that reaches out of the tree.
    if (error instanceof UserError) return [{ text: describeError(error) }];
    throw error;
  }
}

/** How many of the three lines of context must be allowed to differ for a patch to apply; undefined where none helps. */
async function fuzzFor(
  repository: string,
  commit: string,
  patch: string,
  signal: AbortSignal,
): Promise<number | undefined> {
  return withScratch({ purpose: 'fuzz' }, async (scratch) => {
    const diff = path.join(scratch, 'diff');
    await writeFileAtomic(diff, (await splitMail(patch, signal)).diff);
    for (const fuzz of [1, 2]) {
      const place = { repository, index: path.join(scratch, `index-${fuzz}`) };
      await mustGit(place, ['read-tree', commit], 'reading a point', { signal });
      if ((await applyToIndex(place, [diff], { signal, context: 3 - fuzz })).exitCode === 0) return fuzz;
    }
    return undefined;
  });
}
