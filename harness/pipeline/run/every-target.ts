import { versionLine } from '../../host/make/toolchain.ts';
import { compilerTool, minimumFile, refusedBy } from '../../make/index.ts';
import {
  type Column,
  type Context,
  canBoot,
  defined,
  isBefore,
  type PreparedTree,
  type Series,
  type Target,
  UserError,
} from '../../model/index.ts';
import { bootTarget } from '../../targets/index.ts';
import { architecturesOf, fileOf } from '../series/architectures.ts';
import { onWholeTree } from '../series/whole-tree.ts';
import type { RunRequest } from './request.ts';
import { withColumns } from './select.ts';

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

/** The column, with the reason why nothing of it can be built where there is one. */
async function judged(column: Column, facts: TreeFacts): Promise<Column> {
  const { target, toolchain } = column;
  const says = await versionLine(compilerTool(target, toolchain).command);
  const missing =
    missingIn(facts.kernelVersion, facts.architectures, target) ??
    refusedBy(target, toolchain, { ...facts, ...defined({ says }) });
  return missing === undefined ? column : { ...column, missing };
}

/** What decides which columns a tree can have. */
interface TreeFacts {
  readonly kernelVersion: string;
  readonly architectures: ReadonlySet<string>;
  readonly minimum: string;
}

/**
 * Says, before anything is built, which columns the tree or the compiler cannot have and which are built only. Of a
 * selection of all targets those that cannot be are left out; where they were named, their cells are not run.
 *
 * @throws UserError where none is left
 */
export async function settleTargets<T extends Pick<RunRequest, 'selection' | 'until'>>(
  request: T,
  tree: PreparedTree,
  series: Series,
  context: Context,
): Promise<T> {
  const { selection, until } = request;
  if (until === 'apply') return request;
  const facts: TreeFacts = {
    kernelVersion: tree.kernelVersion,
    architectures: await architecturesWith(tree, series, context),
    minimum: await fileOf(tree, minimumFile, context.signal),
  };
  const all = await Promise.all(selection.columns.map((column) => judged(column, facts)));
  const said = [...new Set(all.flatMap(({ missing }) => (missing === undefined ? [] : [missing])))];
  if (said.length > 0) {
    const what = selection.every ? 'left out' : 'not run';
    context.emit({ type: 'note', level: 'warning', text: `${what}: ${said.join('; ')}` });
  }
  const columns = all.filter(({ missing }) => !selection.every || missing === undefined);
  if (columns.length === 0) {
    const hint = 'choose another tree, target or toolchain';
    throw new UserError(`no target can be built: ${said.join('; ')}`, { code: 'QB-SELECTION', hint });
  }
  const built = columns.filter(({ target }) => !canBoot(target)).map(({ name }) => name);
  if (built.length > 0 && bootsGuests(request)) {
    const text = `built only, nothing boots or tests them: ${built.join(', ')}`;
    context.emit({ type: 'note', level: 'info', text });
  }
  return { ...request, selection: withColumns(selection, columns) };
}
