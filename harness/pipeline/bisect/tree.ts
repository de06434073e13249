import type { Context, Series, Target } from '../../model/index.ts';
import type { Selection } from '../run/select.ts';
import type { CellWork } from '../run/work.ts';
import { openWorktree } from '../series/worktree.ts';
import { fetchTree } from '../tree/fetch.ts';
import type { TryPlace } from './space.ts';
import { workCell } from './try.ts';

export interface TreeWork {
  /** Its recipe makes the tree. */
  readonly selection: Selection;
  readonly series: Series;
  readonly target: Target;
  /** Names the work tree that this one shares with others that are alike. */
  readonly shared: string;
}

/** Takes a tree with the whole series on top through the stages. One that is no kernel at all is a UserError. */
export async function workTree(
  { selection, series, target, shared }: TreeWork,
  place: TryPlace & { readonly context: Context },
): Promise<CellWork> {
  const tree = await fetchTree(selection.recipe, place.context);
  const worktree = await openWorktree({ tree, series, shared }, place.context);
  try {
    const state = { ...place, request: { ...place.request, selection }, series, worktree };
    return await workCell(state, { point: series.patches.length, target }, place.again);
  } finally {
    await worktree.close();
  }
}
