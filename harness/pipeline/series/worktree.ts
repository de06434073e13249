import path from 'node:path';
import { type Lock } from '../../host/files/lock.ts';
import { type CheckoutPlace, repairCheckout, spareOf, walk } from '../../host/git/checkout.ts';
import {
  type ApplyResult,
  type Context,
  defined,
  type PreparedTree,
  type Series,
  type Source,
} from '../../model/index.ts';
import { type LockWords, lock } from '../locked.ts';
import { withStage } from '../with-stage.ts';
import { architecturesOf } from './architectures.ts';
import { missingFrom } from './missing.ts';
import { originsOf } from './origin.ts';
import { makePoints, type Point } from './points.ts';
import { varyPoints } from './variant.ts';
import { onWholeTree } from './whole-tree.ts';

/** The work tree of a series on a tree, and the series' points in it. */
export interface Worktree {
  /** Stable between runs; its content is whatever was checked out last. */
  readonly directory: string;
  /** One for each point, the base (0) first. */
  readonly points: readonly ApplyResult[];
  /** By point; undefined where the patches do not apply. All share the one work tree. */
  readonly sources: readonly (Source | undefined)[];
  /** Lets other processes have the work tree. Safe to call twice. */
  close(): Promise<void>;
}

export interface WorktreeRequest {
  readonly tree: PreparedTree;
  readonly series: Series;
  /** Names a work tree for many trees that are alike, one after the other: builds then go on from each other. */
  readonly shared?: string;
}

/**
 * Applies a series to a tree: each patch becomes a commit, and nothing is checked out until a source asks for it.
 *
 * A patch that does not apply is a result in `points`. From the first checkout on, other processes that want the same
 * work tree wait until `close()`.
 */
export async function openWorktree({ tree, series, shared }: WorktreeRequest, context: Context): Promise<Worktree> {
  const { points } = await withStage(context, { stage: 'apply', what: series.name }, async () => {
    const made = await onWholeTree(tree, context, async () =>
      varyPoints(tree, series, await makePoints(tree, series, context), context),
    );
    const detail = series.patches.length === 1 ? '1 patch' : `${series.patches.length} patches`;
    return { result: judge(made), detail };
  });
  const results = points.map(({ result }) => result);
  const trees = points.map(({ commit }) => commit?.tree);
  const origins = originsOf(tree, series, trees, shared);
  const name = origins.worktree;
  const directory = path.join(context.cache.worktrees, name);
  const checkout = checkouts(
    {
      repository: tree.repository,
      worktree: directory,
      index: `${directory}.index`,
      spare: spareOf(tree.repository),
    },
    { name: `worktree-${name}`, purpose: `using the work tree of series ${series.name} on ${tree.name}` },
    context,
  );
  const sources = points.map(({ commit, result }): Source | undefined =>
    commit === undefined
      ? undefined
      : {
          point: result.point,
          id: commit.tree,
          kernelVersion: tree.kernelVersion,
          base: tree.base,
          origin: result.point === 0 ? origins.base : origins.patched,
          async checkout() {
            await onWholeTree(tree, context, () => checkout.to(commit.tree));
            return directory;
          },
          architectures: () => onWholeTree(tree, context, () => architecturesOf(tree, commit.tree, context.signal)),
          missing: () => missingFrom(directory, { repository: tree.repository, tree: commit.tree }, context.signal),
        },
  );
  return { directory, points: results, sources, close: () => checkout.close() };
}

function judge(
  points: readonly Point[],
): { points: readonly Point[] } & Pick<ApplyResult, 'outcome' | 'reused' | 'cause'> {
  const results = points.map(({ result }) => result);
  const failed = results.find(({ outcome }) => outcome === 'fail');
  const reused = results.every((one) => one.reused);
  return { points, outcome: failed === undefined ? 'pass' : 'fail', reused, ...defined({ cause: failed?.cause }) };
}

/** One after the other, under one lock that is taken with the first. */
function checkouts(
  place: CheckoutPlace,
  lockWords: LockWords,
  context: Context,
): { to(tree: string): Promise<void>; close(): Promise<void> } {
  const { signal } = context;
  let held: Lock | undefined;
  let current: string | undefined;
  let queue: Promise<unknown> = Promise.resolve();

  const enqueue = <T>(action: () => Promise<T>): Promise<T> => {
    const next = queue.then(action, action);
    queue = next.catch(() => undefined);
    return next;
  };
  const move = async (tree: string): Promise<void> => {
    if (tree === current) return;
    held ??= await lock(context, lockWords);
    const known = current !== undefined;
    // While files change, the work tree is at no point; so it stays when this is interrupted.
    current = undefined;
    if (known) await walk(place, tree, signal);
    else await repairCheckout(place, tree, signal);
    current = tree;
  };
  return {
    to: (tree) => enqueue(() => move(tree)),
    close: () =>
      enqueue(async () => {
        const last = held;
        held = undefined;
        current = undefined;
        await last?.release();
      }),
  };
}
