import path from 'node:path';
import { hashFile, hashValues } from '../../../host/files/hash.ts';
import { listFiles } from '../../../host/files/list.ts';
import { readJson } from '../../../host/files/read.ts';
import { removePath } from '../../../host/files/remove.ts';
import { withScratch } from '../../../host/files/scratch.ts';
import { copyIfThere, ensureDirectory, movePath, writeJson } from '../../../host/files/write.ts';
import {
  type Context,
  defined,
  HostError,
  type SeriesSpec,
  type SharedStore,
  type Target,
  UserError,
} from '../../../model/index.ts';
import { locked } from '../../locked.ts';
import { loadProject } from '../../project.ts';
import { choiceWords } from '../chain-key.ts';
import type { EngineSetup } from '../engine.ts';
import type { RunRequest } from '../request.ts';
import { type Selection, select } from '../select.ts';
import { filesOf, rootOf } from './pack-files.ts';
import { type Pack, packShape } from './pack-shape.ts';
import { takeTree, untaken } from './tree.ts';

const filesFolder = 'files';
const packFile = 'pack.json';

/** Over the files and what is said of them: a pack is what its name says, whoever brings it. */
async function contentKey(directory: string, pack: unknown): Promise<string> {
  const files = await listFiles(path.join(directory, filesFolder));
  const sums = await Promise.all(files.map(async (file) => [path.relative(directory, file), await hashFile(file)]));
  return hashValues('pack', pack, sums);
}

/**
 * Puts everything of the user's that a run reads into the store, but for the tree.
 *
 * @returns the hash of it
 * @throws HostError where the store does not take it
 */
export async function givePack(setup: EngineSetup, store: SharedStore): Promise<string> {
  const { request, suites, tree } = setup;
  const { project, selection, invocation } = request;
  const files = await filesOf(setup);
  const root = rootOf([
    project.directory,
    invocation.directory,
    ...(setup.series.directory === undefined ? [] : [setup.series.directory]),
    ...files.map((file) => path.dirname(file)),
  ]);
  const named = (file: string): string => path.relative(root, file);
  const { name, base, key, commit, kernelVersion, resolved } = tree;
  const pack: Pack = {
    format: 1,
    project: named(project.file),
    directory: named(invocation.directory),
    series: selection.spec.name,
    targets: selection.targets.map((target) => target.name),
    toolchain: selection.toolchain.name,
    trusted: selection.spec.trust === 'own',
    machines: Object.fromEntries(
      selection.targets.map((target) => {
        return [target.name, packedMachine(selection, target)];
      }),
    ),
    points: request.points,
    until: untilOf(request),
    ...(request.suites && {
      suites: suites.map((word) => (files.includes(word) ? { file: named(word) } : { word })),
    }),
    words: choiceWords(request),
    options: { ...invocation.options },
    tree: { name, base, key, commit, kernelVersion, resolved },
    ...defined({ configuration: selection.configuration, variant: selection.spec.variant?.name }),
    ...defined({ fuzz: selection.recipe.fuzz, case: request.case, seed: request.seed, leaks: request.leaks }),
    ...defined({ reruns: request.reruns && { ...request.reruns } }),
  };
  return await withScratch({ purpose: 'pack' }, async (scratch) => {
    for (const file of files) await copyIfThere(file, path.join(scratch, filesFolder, named(file)));
    const hash = await contentKey(scratch, pack);
    await writeJson(path.join(scratch, packFile), pack);
    if (!(await store.give({ kind: 'pack', key: hash }, scratch))) throw untaken(store, 'what the run needs');
    return hash;
  });
}

/** @throws UserError for stages that are over before a worker would have begun */
function untilOf({ until }: RunRequest): Pack['until'] {
  if (until === 'build' || until === 'boot' || until === 'test') return until;
  throw new UserError(`--queue is for builds and what comes after them, not for ${until}`, { code: 'QB-USAGE' });
}

/** What a worker runs chains of, without the chain and the place for its results. */
type PackedRequest = Omit<RunRequest, 'out' | 'command'> & Required<Pick<RunRequest, 'tree'>>;

export interface OpenPack {
  readonly request: PackedRequest;
  readonly words: readonly string[];
}

/**
 * Takes a pack and its tree from the store.
 *
 * @param trusted the user vouches for it: it must be in the trusted part, and say so itself
 * @throws HostError where it is not there, or not what its name says; UserError for what a run would refuse as well
 */
export async function openPack(
  key: string,
  { trusted, store }: { readonly trusted: boolean; readonly store: SharedStore },
  context: Context,
): Promise<OpenPack> {
  const directory = path.join(context.cache.root, 'packs', key);
  const pack = await locked(context, { name: `pack-${key}`, purpose: 'taking a series from a store' }, async () => {
    const there = await readPack(directory, key);
    if (there) return there;
    await removePath(directory);
    const parent = await ensureDirectory(path.dirname(directory));
    return await withScratch({ purpose: 'pack', parent }, async (scratch) => {
      const made = await ensureDirectory(path.join(scratch, 'made'));
      const by = await store.take({ kind: 'pack', key }, made);
      const found = by === undefined ? undefined : await readPack(made, key);
      if (!found)
        throw new HostError(`the store ${store.place} does not have the files ${key.slice(0, 12)} of a run`, {
          retryable: true,
          hint: 'name the same --store for runs and workers',
        });
      await movePath(made, directory);
      return found;
    });
  });
  if (pack.trusted !== trusted)
    throw new HostError('the job and its run differ in whether the series is trusted: it is refused');
  const at = (file: string): string => path.join(directory, filesFolder, file);
  await ensureDirectory(at(pack.directory));
  const project = await loadProject(at(pack.directory), at(pack.project));
  const chosen = select(
    project,
    {
      ...{ series: pack.series, tree: pack.tree.name, targets: pack.targets, toolchain: [pack.toolchain] },
      ...defined({ configuration: pack.configuration, withoutFix: pack.variant, fuzz: pack.fuzz }),
      ...(trusted ? { trust: true as const } : { distrust: true as const }),
    },
    at(pack.directory),
  );
  // Commits were written as patches by whoever made the pack.
  const spec = Object.fromEntries(Object.entries(chosen.spec).filter(([name]) => name !== 'git'));
  const selection = {
    ...chosen,
    spec: spec as unknown as SeriesSpec,
    machine: (target: { name: string }) => machineOf(pack, target.name),
  };
  const { suites, words, points, until, options } = pack;
  const request: PackedRequest = {
    ...{ project, selection, points, until, keepGoing: true },
    invocation: { series: pack.series, directory: at(pack.directory), options },
    tree: await takeTree(pack.tree, store, context),
    ...(suites && { suites: suites.map(({ file, word = '' }) => (file === undefined ? word : at(file))) }),
    ...defined({ case: pack.case, seed: pack.seed, leaks: pack.leaks, reruns: pack.reruns }),
  };
  return { request, words };
}

/** Throws UserError for arguments of QEMU, which no job may bring. */
function packedMachine(selection: Selection, target: Target): Pack['machines'][string] {
  const { devices, ...machine } = selection.machine(target);
  if (devices === undefined) return packShape.shape.machines.valueType.parse(machine);
  throw new UserError(`guests of ${target.name} have "devices", and workers take no arguments of QEMU from a queue`, {
    code: 'QB-PROJECT',
    hint: 'run this series without --queue, or leave "devices" out',
    ...defined({ location: selection.project.machinePlaces?.[target.name] }),
  });
}

function machineOf({ machines }: Pack, name: string): Pack['machines'][string] {
  const found = machines[name];
  if (!found) throw new HostError(`the run has no target ${name}`);
  return found;
}

/** A pack that is what its name says; undefined for anything else. */
async function readPack(directory: string, key: string): Promise<Pack | undefined> {
  const parsed = packShape.safeParse(await readJson(path.join(directory, packFile)));
  if (!parsed.success || (await contentKey(directory, parsed.data)) !== key) return undefined;
  return parsed.data;
}
