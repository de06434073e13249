import path from 'node:path';
import * as z from 'zod';
import { hashValues } from '../../host/files/hash.ts';
import { readKept } from '../../host/files/kept.ts';
import { exists } from '../../host/files/kind.ts';
import { readJson } from '../../host/files/read.ts';
import { removePath } from '../../host/files/remove.ts';
import { markUsed } from '../../host/files/usage.ts';
import { ensureDirectory, movePath, writeJson } from '../../host/files/write.ts';
import { spareOf } from '../../host/git/checkout.ts';
import { createRepository, mustGit } from '../../host/git/git.ts';
import { commitIndex } from '../../host/git/patch.ts';
import { writeRefs } from '../../host/git/refs.ts';
import {
  type Context,
  defined,
  HostError,
  type PreparedTree,
  type TreeRecipe,
  UserError,
  warning,
} from '../../model/index.ts';
import { treeKey } from '../../tree/key.ts';
import { checkLocked, isPinnable, pinSource } from '../../tree/lock.ts';
import { kernelVersion } from '../../tree/version.ts';
import { locked } from '../locked.ts';
import { onWholeTree } from '../series/whole-tree.ts';
import { withStage } from '../with-stage.ts';
import { applyLayers, identifyLayers } from './layers.ts';
import { type ResolvedSource, resolveSource } from './source/index.ts';

/** What a prepared repository says of itself; it is complete when this file is in it. */
const recordShape = z.object({
  commit: z.string(),
  kernelVersion: z.string(),
  resolved: z.string(),
  /** Where patches of the recipe apply with fuzz, a sentence each. */
  loose: z.array(z.string()).default([]),
});

type TreeRecord = z.infer<typeof recordShape>;

/** Which tree was prepared last from a recipe. */
const latestShape = z.object({ key: z.string() });

/**
 * Prepares a base tree, or finds it in the cache: a bare repository with one commit that holds the source with the
 * recipe's layers on it.
 *
 * Sources that move (a package without version, a branch, a directory) are pinned down first; when that is not possible
 * for lack of a network, the tree that was prepared last from the same recipe is used, with a note. Safe against other
 * processes and interruptions. Throws UserError for a recipe that can't work, HostError for the machine's troubles.
 */
export async function fetchTree(recipe: TreeRecipe, context: Context): Promise<PreparedTree> {
  const { tree, ms } = await withStage(context, { stage: 'fetch', what: recipe.name }, async () => {
    const { record, key, reused, source } = await prepareOrFallBack(recipe, context);
    const { commit, kernelVersion: version, resolved, loose } = record;
    for (const text of loose) context.emit({ type: 'note', level: 'info', text });
    const repository = repositoryOf(key, context);
    const { name, base } = recipe;
    const facts = { name, base, key, repository, commit, kernelVersion: version, resolved, reused };
    const prepared = { ...facts, ...defined({ source }) };
    return { result: { tree: prepared, outcome: 'pass' as const, reused }, detail: `${version} (${resolved})` };
  });
  return { ...tree, ms };
}

interface Prepared {
  readonly record: TreeRecord;
  readonly key: string;
  readonly reused: boolean;
  readonly source?: string;
}

/** The tree that was prepared last from a recipe, without a look at its source; undefined where there is none. */
export async function preparedTree(recipe: TreeRecipe, context: Context): Promise<PreparedTree | undefined> {
  const { name, base } = recipe;
  const last = await lastPrepared(recipe, context);
  if (last === undefined) return undefined;
  const { commit, kernelVersion: version, resolved } = last.record;
  const { key } = last;
  const repository = repositoryOf(key, context);
  return { name, base, key, repository, commit, kernelVersion: version, resolved, reused: true, ms: 0 };
}

function latestOf({ source, patches, quilt, queue, fuzz = 0 }: TreeRecipe, context: Context): string {
  const same = hashValues(source, patches, quilt ?? null, queue ?? null, ...(fuzz === 0 ? [] : [fuzz]));
  return path.join(context.cache.trees, `latest-${same.slice(0, 16)}.json`);
}

async function lastPrepared(
  recipe: TreeRecipe,
  context: Context,
): Promise<{ readonly key: string; readonly record: TreeRecord } | undefined> {
  const broken = { tell: warning(context), then: 'the tree that was prepared last is not known' };
  const latest = await readKept(latestOf(recipe, context), latestShape, broken);
  const record = latest && (await readRecord(latest.key, context));
  return record && { key: latest.key, record };
}

async function prepareOrFallBack(recipe: TreeRecipe, context: Context): Promise<Prepared> {
  const latest = latestOf(recipe, context);
  try {
    const prepared = await prepare(recipe, context);
    if (!prepared.reused || !(await exists(latest))) await writeJson(latest, { key: prepared.key });
    return prepared;
  } catch (error) {
    // A lock is for one tree and no other.
    if (recipe.locked !== undefined || !(error instanceof HostError && error.retryable)) throw error;
    const last = await lastPrepared(recipe, context);
    if (last === undefined) throw error;
    const { record, key } = last;
    const text = `${error.message}; using the tree that was prepared before: ${record.resolved}`;
    context.emit({ type: 'note', level: 'warning', text });
    return { record, key, reused: true };
  }
}

async function prepare(recipe: TreeRecipe, context: Context): Promise<Prepared> {
  const layers = await identifyLayers(recipe, context);
  const { locked: lock } = recipe;
  if (lock !== undefined && isPinnable(recipe.source)) {
    const key = treeKey({ source: lock.source, ...layers });
    checkLocked(recipe, lock, { ...lock, key });
    const record = await readRecord(key, context);
    if (record !== undefined) return { record, key, reused: true, source: lock.source };
  }
  const source = await resolveSource(lock ? pinSource(recipe.source, lock) : recipe.source, context);
  const key = treeKey({ source: source.identity, ...layers });
  const { identity } = source;
  if (lock !== undefined) checkLocked(recipe, lock, { source: identity, resolved: source.resolved, key });
  const record = await readRecord(key, context);
  if (record !== undefined) return { record, key, reused: true, source: identity };
  return locked(context, { name: `tree-${key}`, purpose: `preparing ${recipe.name}` }, async () => {
    const other = await readRecord(key, context);
    if (other !== undefined) return { record: other, key, reused: true, source: identity };
    return { record: await build(recipe, source, key, context), key, reused: false, source: identity };
  });
}

function repositoryOf(key: string, context: Context): string {
  return path.join(context.cache.trees, `${key}.git`);
}

async function readRecord(key: string, context: Context): Promise<TreeRecord | undefined> {
  const file = path.join(repositoryOf(key, context), 'quiltboot.json');
  // One that is damaged is prepared again, which says so.
  const record = recordShape.safeParse(await readJson(file)).data;
  await markUsed(file);
  return record;
}

/** Everything happens below a name that nobody takes for a tree; the last step gives it the right one. */
async function build(recipe: TreeRecipe, source: ResolvedSource, key: string, context: Context): Promise<TreeRecord> {
  const { cache } = context;
  const partial = path.join(cache.trees, `${key}.partial`);
  const repository = path.join(partial, 'repository');
  const scratch = path.join(partial, 'scratch');
  // Whatever lies there is from a preparation that did not get to its end; the lock says that it has ended.
  await removePath(partial);
  await ensureDirectory(scratch);
  try {
    const record = await onWholeTree({ name: recipe.name, repository }, context, () =>
      fillRepository(recipe, source, { repository, scratch }, context),
    );
    const place = repositoryOf(key, context);
    if (await exists(place)) {
      // Without a record that can be read it is no tree that anybody uses.
      const text = `the prepared tree ${recipe.name} was damaged; it has been prepared again`;
      context.emit({ type: 'note', level: 'warning', text });
      await removePath(place);
    }
    await movePath(repository, place);
    return record;
  } finally {
    await removePath(partial);
  }
}

/** Brings the source and the layers into a new repository, and commits them. */
async function fillRepository(
  recipe: TreeRecipe,
  source: ResolvedSource,
  { repository, scratch }: { readonly repository: string; readonly scratch: string },
  context: Context,
): Promise<TreeRecord> {
  const { signal } = context;
  await createRepository(repository, signal);
  const tree = await source.bring({ repository, scratch, spare: spareOf(repository) });
  const staged = { repository, index: path.join(scratch, 'index') };
  await mustGit(staged, ['read-tree', tree], 'reading the source', { signal });
  const loose = await applyLayers(recipe, staged, scratch, context);
  const listed = await mustGit(staged, ['ls-files', '-s', '--', ':(literal)Makefile'], 'reading the source', {
    signal,
  });
  const isFile = /^100\d{3} .*\tMakefile$/m.test(listed);
  const blob = ['cat-file', 'blob', ':Makefile'];
  const version = isFile ? kernelVersion(await mustGit(staged, blob, 'reading the source', { signal })) : undefined;
  if (version === undefined) {
    throw new UserError(`tree ${recipe.name} is not a kernel: no VERSION or PATCHLEVEL in its top-level Makefile`, {
      ...defined({ location: recipe.location }),
      hint: `source: ${source.resolved}`,
    });
  }
  const author = { name: 'quiltboot', email: 'quiltboot@localhost' };
  // Nothing of where the source came from: equal content, equal commit.
  const { commit } = await commitIndex(staged, { message: `Linux ${version}\n`, author, date: '@0 +0000' }, signal);
  await writeRefs(repository, 'refs/heads/', new Map([['base', commit]]), signal);
  const record = { commit, kernelVersion: version, resolved: source.resolved, loose };
  await writeJson(path.join(repository, 'quiltboot.json'), record);
  return record;
}
