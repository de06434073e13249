import { type Context, canBoot, isBefore, type PreparedTree, type Series, type Target } from '../../model/index.ts';
import { bootTarget } from '../../targets/index.ts';
import { architecturesOf } from '../series/architectures.ts';
import { onWholeTree } from '../series/whole-tree.ts';
import type { RunRequest } from './request.ts';

/**
 * Why a kernel has no code for a target; undefined where it has.
 *
 * @param known the names below `arch/`; none where they cannot be told
 */
export function missingIn(kernelVersion: string, known: ReadonlySet<string>, target: Target): string | undefined {
  const { name, since } = target;
  if (since !== undefined && isBefore(kernelVersion, since))
    return `Linux ${kernelVersion} has no ${name}, which came with ${since}`;
  const own = target.sourceArch(kernelVersion);
  return known.size === 0 || known.has(own) ? undefined : `this tree has no arch/${own}, so no ${name}`;
}

function bootsGuests({ until }: Pick<RunRequest, 'until'>): boolean {
  return until === 'boot' || until === 'test';
}

/** Throws UserError where guests are to be booted and none of the targets can. */
export function requireGuests(request: Pick<RunRequest, 'selection' | 'until'>): void {
  const { targets } = request.selection;
  const [first] = targets;
  if (first && bootsGuests(request) && !targets.some(canBoot)) bootTarget(first);
}

/** The names below `arch/` of a tree with all patches of a series. */
async function architecturesWith(tree: PreparedTree, series: Series, context: Context): Promise<ReadonlySet<string>> {
  const ofTree = await onWholeTree(tree, context, () => architecturesOf(tree, tree.commit, context.signal));
  const added = series.patches.flatMap(({ files }) =>
    files.flatMap((file) => /^arch\/([^/]+)\//.exec(file)?.[1] ?? []),
  );
  return ofTree.size === 0 ? ofTree : new Set([...ofTree, ...added]);
}

/**
 * Says, before anything is built, which targets the tree does not have and which are built only. Of a selection of all
 * targets those that the tree does not have are left out; where they were named, their cells are not run.
 */
export async function settleTargets<T extends Pick<RunRequest, 'selection' | 'until'>>(
  request: T,
  tree: PreparedTree,
  series: Series,
  context: Context,
): Promise<T> {
  const { selection, until } = request;
  if (until === 'apply') return request;
  const known = await architecturesWith(tree, series, context);
  const reasons = selection.targets.map((target) => missingIn(tree.kernelVersion, known, target));
  const said = reasons.filter((reason) => reason !== undefined);
  if (said.length > 0) {
    const what = selection.every ? 'targets that are left out' : 'targets that are not run';
    context.emit({ type: 'note', level: 'warning', text: `${what}: ${said.join('; ')}` });
  }
  const targets = selection.targets.filter((_, at) => !selection.every || reasons[at] === undefined);
  const built = targets.filter((target) => !canBoot(target)).map(({ name }) => name);
  if (built.length > 0 && bootsGuests(request)) {
    const text = `built only, nothing boots or tests them: ${built.join(', ')}`;
    context.emit({ type: 'note', level: 'info', text });
  }
  return { ...request, selection: { ...selection, targets } };
}
