import type { Assembly } from '../../import/index.ts';
import {
  type Context,
  defined,
  describeError,
  type PlacedRemark,
  type PreparedTree,
  UserError,
  type WrittenPatch,
} from '../../model/index.ts';
import { readSeries } from '../series/read.ts';
import { openWorktree } from '../series/worktree.ts';
import { alreadyThere, whereElse } from './around.ts';

export interface QueueToVerify {
  /** Absolute. */
  readonly queue: string;
  readonly name: string;
  readonly tree: PreparedTree;
  readonly patches: readonly WrittenPatch[];
  readonly assembly: Assembly;
  /** Absolute: the git repository that the tree is of. */
  readonly repository?: string;
}

/** Tries the queue that was written on the tree; what git refuses is a problem. */
export async function verifyQueue(
  { queue, name, tree, patches, assembly, repository }: QueueToVerify,
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
    const file = `${queue}/${patch?.file ?? ''}`;
    const files = whole.map((one) => `${queue}/${one.file}`);
    const points = worktree.points.flatMap(({ commit }) => commit ?? []);
    const around = { tree, points, files, failed: failed.point, ...defined({ repository }) };
    const there = await alreadyThere(around, context.signal);
    const isThere = there.includes(file);
    const elsewhere = isThere ? '' : await whereElse(around, context.signal);
    const text = `does not apply to ${on}${why}${elsewhere}${made}${gaps}${excerpt}`;
    return [
      { source: file, text },
      ...there
        .filter((one) => one !== file)
        .map((source) => ({ source, text: `the tree ${tree.name} has its changes already` })),
    ];
  } catch (error) {
    // A patch that git can't read, or that reaches out of the tree.
    if (error instanceof UserError) return [{ text: describeError(error) }];
    throw error;
  }
}
