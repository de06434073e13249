import path from 'node:path';
import { decompressFile, unpackTarball } from '../../host/fetch/archive.ts';
import { knownSum } from '../../host/fetch/download.ts';
import { hashFile } from '../../host/files/hash.ts';
import { listFiles } from '../../host/files/list.ts';
import { mustReadText } from '../../host/files/read.ts';
import type { GitPlace } from '../../host/git/git.ts';
import { applyToIndex } from '../../host/git/patch.ts';
import {
  type Context,
  defined,
  type QuiltLayer,
  type RemoteFile,
  type TreeRecipe,
  UserError,
} from '../../model/index.ts';
import { scanDiff } from '../../series/diff.ts';
import { describeLoose } from '../../series/loose.ts';
import { firstRefusal } from '../../series/reject.ts';
import type { TreeIdentity } from '../../tree/key.ts';
import { subtract } from '../../tree/minus.ts';
import { refresh } from '../../tree/refreshed.ts';
import { applyLoosely } from '../series/loose.ts';
import { type QueueFile, readQueueFile } from '../series/queue.ts';
import { obtain } from './files.ts';

/** What a recipe puts on its source, as the key of the tree needs it. */
export async function identifyLayers(recipe: TreeRecipe, context: Context): Promise<Omit<TreeIdentity, 'source'>> {
  const patches: string[] = [];
  for (const file of recipe.patches) patches.push(await identifyFile(file, context));
  const { quilt, queue } = recipe;
  const layer =
    quilt === undefined
      ? undefined
      : 'tarball' in quilt.source
        ? await identifyFile(quilt.source.tarball, context)
        : JSON.stringify(await identifyQueue(await readQuilt(quilt.source.directory, recipe)));
  return {
    patches,
    ...(quilt === undefined || layer === undefined
      ? {}
      : { quilt: { content: layer, minus: quilt.minus, refreshed: await identifyRefreshed(quilt, recipe) } }),
    queue: queue === undefined ? [] : await identifyQueue(await readOwnQueue(queue, recipe)),
    ...(queue === undefined || recipe.fuzz === undefined ? {} : { fuzz: recipe.fuzz }),
  };
}

/**
 * Puts the layers of a recipe on the source in an index. Resolves with a sentence for each place where a patch fits only
 * with less context. Throws UserError, for a layer belongs to the recipe.
 */
export async function applyLayers(
  recipe: TreeRecipe,
  place: GitPlace,
  scratch: string,
  context: Context,
): Promise<string[]> {
  const { signal, emit } = context;
  const said: string[] = [];
  for (const [index, file] of recipe.patches.entries()) {
    const obtained = await obtain(file, context);
    const plain = path.join(scratch, `incremental-${index}.patch`);
    await decompressFile(obtained.file, plain, signal);
    const result = await applyToIndex(place, [plain], { signal });
    if (result.exitCode !== 0)
      throw refused(`incremental patch ${path.basename(obtained.file)}`, result.stderr, recipe);
  }
  const { quilt, queue } = recipe;
  if (quilt !== undefined) {
    const directory =
      'tarball' in quilt.source
        ? await unpackQuilt(quilt.source.tarball, path.join(scratch, 'quilt'), context)
        : quilt.source.directory;
    const { kept, left } = subtract(await readQuilt(directory, recipe), quilt.minus, recipe.location);
    emit({ type: 'stage-progress', stage: 'fetch', text: `applying ${kept.length} patches of the quilt layer` });
    const layer = refresh(kept, await refreshedFiles(quilt, recipe), recipe.location);
    said.push(...(await applyQuilt(layer, left, { recipe, place, context })));
  }
  for (const patch of queue === undefined ? [] : await readOwnQueue(queue, recipe)) {
    const { result, loose } = await applyLoosely(place, patch.path, recipe.fuzz ?? 0, signal);
    if (result.exitCode !== 0) throw refused(`patch ${patch.name} of the queue ${queue ?? ''}`, result.stderr, recipe);
    const what = `${patch.name} of the queue of tree ${recipe.name}`;
    said.push(...loose.map((hunk) => describeLoose(what, hunk)));
  }
  return said;
}

async function identifyFile(file: RemoteFile, context: Context): Promise<string> {
  return (await knownSum(file, context.cache.downloads)) ?? (await obtain(file, context)).sha256;
}

async function identifyQueue(entries: readonly QueueFile[]): Promise<string[]> {
  const hashed: string[] = [];
  for (const entry of entries) hashed.push(`${entry.name} ${await hashFile(entry.path)}`);
  return hashed;
}

/** Absolute paths of the patches that replace those of the layer, by name. */
async function refreshedFiles({ refreshed }: QuiltLayer, { name, location }: TreeRecipe): Promise<Map<string, string>> {
  if (refreshed === undefined) return new Map();
  const files = await listFiles(refreshed);
  if (files.length === 0) {
    throw new UserError(`tree ${name}: there are no refreshed patches in ${refreshed}`, {
      code: 'QB-QUEUE',
      hint: 'put patches there that replace those of the same names in the quilt layer, or remove "refreshed"',
      ...defined({ location }),
    });
  }
  return new Map(files.map((file) => [path.relative(refreshed, file), file]));
}

async function identifyRefreshed(quilt: QuiltLayer, recipe: TreeRecipe): Promise<string[]> {
  const identified: string[] = [];
  for (const [name, file] of await refreshedFiles(quilt, recipe)) identified.push(`${name} ${await hashFile(file)}`);
  return identified;
}

function readQuilt(directory: string, recipe: TreeRecipe): Promise<QueueFile[]> {
  return readQueueFile(directory, `the quilt layer of tree ${recipe.name}`, recipe.location);
}

function readOwnQueue(directory: string, recipe: TreeRecipe): Promise<QueueFile[]> {
  return readQueueFile(directory, `the queue of tree ${recipe.name}`, recipe.location);
}

async function unpackQuilt(tarball: RemoteFile, scratch: string, context: Context): Promise<string> {
  const obtained = await obtain(tarball, context);
  return unpackTarball(obtained.file, scratch, { signal: context.signal });
}

/** Few processes for many patches; small enough that looking for the one that fails stays quick. */
const batchSize = 64;

/** Lines of context that may differ: patches meant for a fuller queue need that. */
const layerFuzz = 2;

async function applyQuilt(
  kept: readonly QueueFile[],
  left: readonly QueueFile[],
  { recipe, place, context }: { recipe: TreeRecipe; place: GitPlace; context: Context },
): Promise<string[]> {
  const { signal, emit } = context;
  const said: string[] = [];
  for (let start = 0; start < kept.length; start += batchSize) {
    const batch = kept.slice(start, start + batchSize);
    const fraction = start / kept.length;
    emit({ type: 'stage-progress', stage: 'fetch', text: `applying ${batch[0]?.name ?? ''}`, fraction });
    const paths = batch.map((patch) => patch.path);
    if ((await applyToIndex(place, paths, { signal })).exitCode === 0) continue;
    for (const patch of batch) {
      const { result, loose } = await applyLoosely(place, patch.path, layerFuzz, signal);
      if (result.exitCode !== 0) throw await explainMissing(patch, left, result.stderr, recipe);
      said.push(...loose.map((hunk) => describeLoose(`${patch.name} of the quilt layer`, hunk)));
    }
  }
  return said;
}

/** A patch may fail because one below it is left out: name those that touched the same files. */
async function explainMissing(
  patch: QueueFile,
  left: readonly QueueFile[],
  stderr: string,
  recipe: TreeRecipe,
): Promise<UserError> {
  const files = await touchedFiles(patch);
  const suspects: string[] = [];
  for (const candidate of left) {
    if (candidate.line > patch.line) continue;
    const common = (await touchedFiles(candidate)).find((file) => files.includes(file));
    if (common !== undefined) suspects.push(`${candidate.name}, which is left out, touches ${common} too`);
  }
  const error = refused(`patch ${patch.name} of the quilt layer`, stderr, recipe);
  if (suspects.length === 0) return error;
  return new UserError(`${error.message}; ${suspects[0] ?? ''}`, {
    code: 'QB-QUEUE',
    ...defined({ location: error.location }),
    hint: [
      ...suspects.slice(1),
      `take ${patch.name} into the minus list as well, put a ${patch.name} that fits into the directory ` +
        'named by "refreshed", or keep what it builds on',
    ].join('\n'),
  });
}

async function touchedFiles(patch: QueueFile): Promise<string[]> {
  const { files } = scanDiff(await mustReadText(patch.path));
  return files.flatMap(({ from, to }) => [from, to]).filter((name) => name !== undefined);
}

function refused(what: string, stderr: string, recipe: TreeRecipe): UserError {
  const { file, line, text } = firstRefusal(stderr);
  const where = file === undefined ? '' : ` at ${file}${line === undefined ? '' : `:${line}`}`;
  return new UserError(
    `tree ${recipe.name}: ${what} does not apply${where}${text.startsWith('does') ? '' : `: ${text}`}`,
    {
      code: 'QB-QUEUE',
      ...defined({ location: recipe.location }),
      hint: stderr.trim().split('\n').slice(0, 8).join('\n'),
    },
  );
}
