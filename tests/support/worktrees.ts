import { type ExecutionContext } from 'ava';
import { execa } from 'execa';
import type { PreparedTree, Series } from '../../harness/model/index.ts';
import { readSeries } from '../../harness/pipeline/series/read.ts';
import { openWorktree, type Worktree } from '../../harness/pipeline/series/worktree.ts';
import { fetchTree } from '../../harness/pipeline/tree/fetch.ts';
import {
  diffOf,
  forkChange,
  mail,
  miniatureKernel,
  queue,
  recipe,
  schedChange,
  slabChange,
  spec,
  type Workshop,
  workshop,
} from './trees.ts';

/** A prepared tree, and work trees of queues on it. */
export interface Bench {
  readonly shop: Workshop;
  readonly tree: PreparedTree;
  readonly open: (
    patches: Readonly<Record<string, string>>,
    name?: string,
  ) => Promise<{ series: Series; worktree: Worktree }>;
}

export async function bench(t: ExecutionContext): Promise<Bench> {
  const shop = await workshop(t);
  const tree = await fetchTree(recipe({ kind: 'directory', path: await miniatureKernel(shop) }), shop.context);
  return {
    shop,
    tree,
    async open(patches, name = 'mini') {
      const directory = await queue(shop, `queue-${name}`, patches);
      const series = await readSeries(spec(directory, { name }));
      const worktree = await openWorktree({ tree, series }, shop.context);
      t.teardown(() => worktree.close());
      return { series, worktree };
    },
  };
}

/** Patches to three files. */
export const three = {
  'one.patch': mail('fork: ten', diffOf(forkChange)),
  'two.patch': mail('sched: twenty', diffOf(schedChange)),
  'three.patch': mail('slab: thirty', diffOf(slabChange)),
};

export async function checkout(worktree: Worktree, point: number): Promise<string> {
  const source = worktree.sources[point];
  if (source === undefined) throw new Error(`no source of point ${point}`);
  return source.checkout();
}

/** What git says of a commit. */
export async function show(tree: PreparedTree, format: string, commit: string | undefined): Promise<string> {
  const args = ['-C', tree.repository, 'show', '--no-patch', `--format=${format}`, commit ?? ''];
  return (await execa('git', args)).stdout;
}
