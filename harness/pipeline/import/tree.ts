import path from 'node:path';
import { withScratch } from '../../host/files/scratch.ts';
import { ensureDirectory } from '../../host/files/write.ts';
import { createRepository, mustGit, runGit } from '../../host/git/git.ts';
import { commitIndex } from '../../host/git/patch.ts';
import { writeRefs } from '../../host/git/refs.ts';
import { type Context, type PreparedTree, type TreeRecipe, UserError } from '../../model/index.ts';
import { applyOverride, parseOverride } from '../../tree/override.ts';
import { kernelVersion } from '../../tree/version.ts';
import { fetchTree } from '../tree/fetch.ts';
import { resolveSource } from '../tree/source/index.ts';

/** A tree to import for: one of the project, or a place that no project file knows. */
export type ImportTree = { readonly recipe: TreeRecipe } | { readonly place: string };

/** Whether a value of `--tree` names a place itself: `git:PATH#REF`, `dir:PATH`, `tar:PATH`. */
export function isPlace(text: string): boolean {
  return /^(?:git|dir|tar):/.test(text);
}

/**
 * Brings a tree to read files from and to try patches on. What an import needs is less than a build does: a place need be
 * no kernel, and a recipe's own queue, which makes old source build with today's tools, may not apply any more.
 *
 * The tree of a place is gone when the action ends.
 */
export async function withTree<T>(
  tree: ImportTree | undefined,
  cwd: string,
  context: Context,
  action: (tree: PreparedTree | undefined, notes: readonly string[]) => Promise<T>,
): Promise<T> {
  if (tree === undefined) return action(undefined, []);
  if ('place' in tree)
    return withScratch({ purpose: 'import' }, async (scratch) =>
      action(await placeTree(tree.place, cwd, scratch, context), []),
    );
  const { recipe } = tree;
  try {
    return await action(await fetchTree(recipe, context), []);
  } catch (error) {
    if (recipe.queue === undefined || !(error instanceof UserError) || !error.message.includes('apply')) throw error;
    const { queue, ...bare } = recipe;
    const prepared = await fetchTree(bare, context);
    return action(prepared, [
      `${recipe.name} is read without its queue ${queue}: ${error.message.split('\n')[0] ?? ''}`,
    ]);
  }
}

async function placeTree(place: string, cwd: string, scratch: string, context: Context): Promise<PreparedTree> {
  const { signal } = context;
  const name = place.replace(/^\w+:/, '');
  const override = parseOverride(`import=${/^git:[^#]*$/.test(place) ? `${place}#HEAD` : place}`);
  const empty = { name, base: '', patches: [], toolchain: '', fragments: [], targetFragments: {} };
  const { source } = applyOverride({ ...empty, source: { kind: 'directory', path: cwd } }, override, cwd);
  const resolved = await resolveSource(source.kind === 'git' ? { ...source, borrow: true } : source, context);
  const repository = path.join(scratch, 'repository');
  const work = path.join(scratch, 'work');
  await ensureDirectory(work);
  await createRepository(repository, signal);
  const spare = { directory: path.join(work, 'spare'), index: path.join(work, 'spare.index') };
  const tree = await resolved.bring({ repository, scratch: work, spare });
  const at = { repository, index: path.join(work, 'index') };
  await mustGit(at, ['read-tree', tree], 'reading the source', { signal });
  const makefile = await runGit(at, ['cat-file', 'blob', ':Makefile'], { signal });
  const version = makefile.exitCode === 0 ? kernelVersion(makefile.stdout) : undefined;
  const author = { name: 'quiltboot', email: 'quiltboot@localhost' };
  const { commit } = await commitIndex(at, { message: 'base\n', author, date: '@0 +0000' }, signal);
  await writeRefs(repository, 'refs/heads/', new Map([['base', commit]]), signal);
  return {
    name,
    base: baseOf(version),
    key: path.basename(scratch),
    repository,
    commit,
    kernelVersion: version ?? 'of no version',
    resolved: resolved.resolved,
    reused: false,
    ms: 0,
  };
}

/** `6.1` of `6.1.90`, `2.6.22` of `2.6.22.19`; empty where the tree is no kernel. */
function baseOf(version: string | undefined): string {
  return /^(?:2\.\d+\.\d+|\d+\.\d+)/.exec(version ?? '')?.[0] ?? '';
}
