import path from 'node:path';
import { exists } from '../../../host/files/kind.ts';
import { readJson } from '../../../host/files/read.ts';
import { removePath } from '../../../host/files/remove.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { ensureDirectory, movePath, writeJson } from '../../../host/files/write.ts';
import { createRepository, mustGit } from '../../../host/git/git.ts';
import { type Context, HostError, type PreparedTree, type SharedStore } from '../../../model/index.ts';
import { locked } from '../../locked.ts';

/** What a pack says of a tree. */
export type TreeFacts = Pick<PreparedTree, 'name' | 'base' | 'key' | 'commit' | 'kernelVersion' | 'resolved'>;

const bundle = 'tree.bundle';
const base = 'refs/heads/base';

/** Puts a prepared tree into the store. Throws HostError where that takes nothing. */
export async function giveTree(
  { name, key, repository }: PreparedTree,
  store: SharedStore,
  { signal }: Context,
): Promise<void> {
  await withScratch({ purpose: 'tree' }, async (scratch) => {
    const file = path.join(scratch, bundle);
    await mustGit({ repository }, ['bundle', 'create', '--quiet', file, base], 'packing the tree', { signal });
    if (!(await store.give({ kind: 'tree', key }, scratch))) throw untaken(store, `the tree ${name}`);
  });
}

/** What a run over a queue cannot do without. */
export function untaken({ place }: SharedStore, what: string): HostError {
  return new HostError(`the store ${place} does not take ${what}`, {
    code: 'QB-DISK',
    hint: 'workers take everything from there: see the warning above',
  });
}

/** A tree from the cache, else from the store. Throws HostError where it is in neither. */
export async function takeTree(facts: TreeFacts, store: SharedStore, context: Context): Promise<PreparedTree> {
  const { key, name } = facts;
  const repository = path.join(context.cache.trees, `${key}.git`);
  const record = path.join(repository, 'quiltboot.json');
  const tree = { ...facts, repository, ms: 0 };
  if ((await readJson(record)) !== undefined) return { ...tree, reused: true };
  return await locked(context, { name: `tree-${key}`, purpose: `taking ${name} from a store` }, async () => {
    if ((await readJson(record)) !== undefined) return { ...tree, reused: true };
    await ensureDirectory(context.cache.trees);
    return await withScratch({ purpose: 'tree', parent: context.cache.trees }, async (scratch) => {
      const by = await store.take({ kind: 'tree', key }, scratch);
      if (by === undefined) {
        throw new HostError(`the store ${store.place} has no tree ${name} (${key.slice(0, 12)})`, {
          retryable: true,
          hint: 'name the same --store for runs and workers',
        });
      }
      const made = path.join(scratch, 'repository');
      const { signal } = context;
      await createRepository(made, signal);
      const words = ['fetch', '--quiet', '--no-tags', path.join(scratch, bundle), `${base}:${base}`];
      await mustGit({ repository: made }, words, 'unpacking the tree', { signal });
      const commit = (await mustGit({ repository: made }, ['rev-parse', base], 'reading the tree', { signal })).trim();
      if (commit !== facts.commit)
        throw new HostError(`the tree ${name} of the store has commit ${commit}, expected ${facts.commit}`);
      const { kernelVersion, resolved } = facts;
      await writeJson(path.join(made, 'quiltboot.json'), { commit, kernelVersion, resolved, loose: [] });
      if (await exists(repository)) await removePath(repository);
      await movePath(made, repository);
      return { ...tree, reused: false };
    });
  });
}
