import { hashFile, hashValues } from '../../host/files/hash.ts';
import { copyHostile, readHostileText } from '../../host/files/hostile.ts';
import { readText } from '../../host/files/read.ts';
import { fromStore, newestInStore } from '../../host/files/store.ts';
import { type BuildPlace, copyShared, ownFile } from '../../host/make/build-directory.ts';
import {
  type BuildFinding,
  failureCause,
  gcovVariables,
  makeIdentity,
  newFindings,
  nmTool,
  readBuildLog,
  uniqueFindings,
  warningsCause,
} from '../../make/index.ts';
import {
  type BuildResult,
  type ConfigureResult,
  type Context,
  defined,
  type Sizes,
  type Source,
  type Target,
  type Toolchain,
  warning,
} from '../../model/index.ts';
import { withStage } from '../with-stage.ts';
import { progressOf } from './build-progress.ts';
import { withConfiguration } from './configuration.ts';
import { type CountedSources, keepNotes, notesName, type StoredCounted } from './counted.ts';
import { goalsOf, hasModules, makeGoals } from './goals.ts';
import { hostileProblem, type KernelMake, type KernelMakeResult, throwHostFault } from './make.ts';
import { keepModules } from './modules.ts';
import { absorbLog, currentWarnings, pendingLog } from './object-warnings.ts';
import { originKey, placeOf, withBuildPlace } from './place.ts';
import type { BuildRoom } from './room.ts';
import { keepSymbolSizes, symbolSizesName } from './symbol-sizes.ts';
import { toolchainIdentity } from './toolchain.ts';
import { keepUsedFiles, usedFilesName } from './used.ts';

export interface BuildRequest {
  readonly source: Source;
  readonly target: Target;
  readonly toolchain: Toolchain;
  /** A result that has a resolved configuration. */
  readonly configure: ConfigureResult;
  /** The build of the nearest earlier point, which decides what counts as a new warning. */
  readonly previous?: BuildResult;
  /** Name of the project's configuration (`debug`); each has a build directory of its own. */
  readonly configuration?: string;
  /** What its cell is called; the target's name when absent. */
  readonly column?: string;
  /** Sources whose objects count what is executed of them, and those that cannot; none counts when absent. */
  readonly counting?: CountedSources;
}

/** A change of this number makes every stored build stale. */
const format = 5;

interface StoredBuild {
  readonly format: typeof format;
  readonly target: string;
  readonly built: boolean;
  readonly imageHash?: string;
  /** Over vmlinux and System.map: what reports take names from. */
  readonly symbolsHash?: string;
  readonly size?: Sizes;
  readonly warnings: readonly BuildFinding[];
  readonly errors: readonly BuildFinding[];
  /** The end of the log of a failed make. */
  readonly tail: readonly string[];
  /** How many objects were compiled. */
  readonly objects: number;
  /** Of entries of before there were several sandboxes: whether there was one. */
  readonly sandboxed?: boolean;
  readonly sandbox?: BuildResult['sandbox'];
  /** Whether the entry has its modules. */
  readonly modules?: true;
  readonly counted?: StoredCounted;
  /** Why what make left is no kernel, though it says it succeeded. */
  readonly problem?: string;
}

const modulesName = 'modules';

/** Most bytes that are taken of what a build leaves: several times what the largest kernels have. */
const limits = { config: 4 * 2 ** 20, image: 2 ** 28, vmlinux: 3 * 2 ** 29, 'System.map': 2 ** 27 } as const;

/** The image that was built last for a target, whatever it is made from. */
export async function newestImage(target: Target, context: Context): Promise<string | undefined> {
  const directory = await newestInStore(context.cache.store, 'build', (result) => {
    const { target: name, built } = (result ?? {}) as Partial<StoredBuild>;
    return name === target.name && built === true;
  });
  return directory === undefined ? undefined : `${directory}/image`;
}

/**
 * Builds the kernel of a point in its persistent build directory, or takes it from the store. Compile errors, and
 * warnings that the previous point doesn't have, make a failed result.
 *
 * @throws HostError for a missing compiler or tool, a full disk, a killed compiler
 * @throws InterruptedError when the context's signal asked to stop; the next make goes on from what is whole
 */
export async function build(request: BuildRequest, context: Context): Promise<BuildResult> {
  const { source, target, toolchain, configure } = request;
  if (configure.config === undefined || configure.configHash === undefined) {
    throw new Error('a point that could not be configured cannot be built');
  }
  const cell = { point: source.point, target: request.column ?? target.name };
  return await withStage(context, { stage: 'build', what: cell.target, cell }, async () => {
    const identity = await toolchainIdentity(target, toolchain);
    const make = makeIdentity(target, toolchain, source.kernelVersion);
    const modular = hasModules((await readText(configure.config ?? '')) ?? '');
    const entry = await fromStore<StoredBuild>({
      store: context.cache.store,
      shared: context.shared,
      kind: 'build',
      key: hashValues(
        format,
        source.id,
        configure.configHash,
        make,
        identity,
        originKey(source.origin),
        ...(modular ? [modulesName] : []),
        ...(request.counting ? ['gcov', request.counting] : []),
      ),
      fresh: context.fresh,
      say: warning(context),
      // Where no error can be told, the machine may well be to blame, so such a failure is not held to be true for ever.
      keep: ({ built, errors }) => built || errors.length > 0,
      make: (directory) => makeTold(request, directory, context),
    });
    const result = judge(entry.result, entry.directory, configure, request.previous);
    return {
      result: { ...result, reused: entry.reused, ...defined({ taken: entry.taken }) },
      detail: describe(result, entry),
    };
  });
}

/** Makes the kernel, and says so: what comes from the store has no such event. */
async function makeTold(request: BuildRequest, store: string, context: Context): Promise<StoredBuild> {
  const { source, target, configuration = 'default' } = request;
  const started = performance.now();
  const stored = await makeKernel(request, store, context);
  context.emit({
    type: 'kernel-made',
    cell: { point: source.point, target: request.column ?? target.name },
    kernelVersion: source.kernelVersion,
    configuration,
    built: stored.built,
    objects: stored.objects,
    ms: Math.round(performance.now() - started),
  });
  return stored;
}

function describe(
  { newWarnings, errors }: Pick<BuildResult, 'newWarnings' | 'errors'>,
  { reused, result }: { readonly reused: boolean; readonly result: StoredBuild },
): string {
  const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`;
  const parts = [
    ...(reused ? [] : [`${count(result.objects, 'object')} compiled`]),
    ...(errors.length > 0 ? [count(errors.length, 'error')] : []),
    ...(newWarnings?.length ? [count(newWarnings.length, 'new warning')] : []),
  ];
  return parts.join(', ');
}

async function makeKernel(request: BuildRequest, store: string, context: Context): Promise<StoredBuild> {
  const { source, target } = request;
  const worktree = await source.checkout();
  const place = placeOf(context, source, request, request.configuration ?? 'default');
  return withBuildPlace(context, place, source, async () => {
    const config = (await readText(request.configure.config ?? '')) ?? '';
    await absorbLog(place, context);
    const progress = progressOf({ point: source.point, target: request.column ?? target.name }, context);
    const logFile = pendingLog(place);
    const { counting } = request;
    const common = {
      ...{ ...request, ...withConfiguration(config), worktree, place, logFile, onLine: progress.line },
      ...(counting && { variables: () => gcovVariables(counting.allowed) }),
    };
    const { asked, make } = await makeGoals(common, goalsOf(request, config), context);
    await copyShared(logFile, `${store}/build.log`);
    await absorbLog(place, context);
    const log = (await readText(`${store}/build.log`)) ?? '';
    if (!make.succeeded) await throwHostFault(asked, make, log, 'build');
    const problem = await problemOf(make, () => takeConfig(place, store));
    const found = readBuildLog(log, make.room.places).findings;
    const told = {
      format,
      target: target.name,
      warnings: uniqueFindings(await currentWarnings(place, worktree, context)),
      errors: make.succeeded ? [] : found.filter(({ diagnostic }) => diagnostic.severity === 'error'),
      tail: make.succeeded ? [] : log.trimEnd().split('\n').slice(-15),
      objects: progress.objects(),
      sandbox: make.room.sandbox,
      ...defined({ problem }),
    } as const;
    if (!make.succeeded || problem !== undefined) return { ...told, built: false };
    const kernel = await takeKernel(asked, make.room, store, context);
    const modular = kernel.problem === undefined && hasModules(config);
    const places = { from: place.directory, to: `${store}/${modulesName}` };
    const wrong = modular ? await keepModules(make.room, target, places, context) : undefined;
    if (wrong !== undefined) return { ...told, ...kernel, built: false, problem: wrong };
    await keepUsedFiles(make.room, `${store}/${usedFilesName}`, context);
    const counted = counting && (await keepNotes(make.room, place.directory, counting, store));
    const built = kernel.problem === undefined;
    return { ...told, ...kernel, built, ...(modular && { modules: true as const }), ...defined({ counted }) };
  });
}

/** Why nothing that a make left is taken; undefined where it is. */
async function problemOf(
  { excess, killed }: KernelMakeResult,
  takeConfig: () => Promise<void>,
): Promise<string | undefined> {
  if (excess !== undefined) return `it was ended: it had ${excess}`;
  return killed ? 'make was killed by a signal' : hostileProblem(takeConfig);
}

/** The configuration as make has left it; where it has not come that far, the one that was wanted. */
async function takeConfig({ directory, own }: BuildPlace, store: string): Promise<void> {
  const { config: limit } = limits;
  const wanted = await readHostileText({ root: directory, file: '.config', limit });
  if (wanted === undefined) await copyShared(ownFile({ own }, 'config'), `${store}/config`);
  else await copyHostile({ root: directory, file: '.config', limit }, `${store}/config`);
}

async function takeKernel(
  { place, target, toolchain, source }: KernelMake,
  room: BuildRoom,
  store: string,
  { signal }: Context,
): Promise<Pick<StoredBuild, 'imageHash' | 'symbolsHash' | 'size' | 'problem'>> {
  const { image } = target.kernelLayout(source.kernelVersion);
  const take = (file: string, name: keyof typeof limits): Promise<void> =>
    copyHostile({ root: place.directory, file, limit: limits[name] }, `${store}/${name}`);
  const problem = await hostileProblem(async () => {
    await take(image, 'image');
    await take('vmlinux', 'vmlinux');
    await take('System.map', 'System.map');
  });
  if (problem !== undefined) return { problem };
  const size = await keepSymbolSizes(room, nmTool(target, toolchain), `${store}/${symbolSizesName}`, signal);
  const symbols = [await hashFile(`${store}/vmlinux`), await hashFile(`${store}/System.map`)];
  return {
    imageHash: await hashFile(`${store}/image`),
    symbolsHash: hashValues(...symbols),
    ...(size && { size }),
  };
}

function judge(
  stored: StoredBuild,
  directory: string,
  configure: ConfigureResult,
  previous: BuildResult | undefined,
): Omit<BuildResult, 'ms' | 'reused'> {
  const log = `${directory}/build.log`;
  const ofKconfig = (configure.warnings ?? []).map((diagnostic) => ({ diagnostic, lines: [diagnostic.message] }));
  const findings = [...ofKconfig, ...stored.warnings];
  // A point that failed to build hasn't shown all of its warnings, so nothing can be told from it.
  const comparable = stored.built && previous?.image !== undefined;
  const fresh = comparable ? newFindings(findings, previous.warnings) : undefined;
  const cause = !stored.built ? failureCause(stored, log) : fresh?.length ? warningsCause(fresh, log) : undefined;
  return {
    stage: 'build',
    outcome: cause ? 'fail' : 'pass',
    directory,
    configFile: `${directory}/config`,
    log,
    sandbox: stored.sandbox ?? (stored.sandboxed === true ? 'bubblewrap' : 'none'),
    warnings: findings.map(({ diagnostic }) => diagnostic),
    errors: stored.errors.map(({ diagnostic }) => diagnostic),
    ...(fresh && { newWarnings: fresh.map(({ diagnostic }) => diagnostic) }),
    ...(stored.built && {
      image: `${directory}/image`,
      vmlinux: `${directory}/vmlinux`,
      systemMap: `${directory}/System.map`,
      usedFiles: `${directory}/${usedFilesName}`,
      ...(stored.modules && { modules: `${directory}/${modulesName}` }),
      ...(stored.counted && { counted: { ...stored.counted, directory: `${directory}/${notesName}` } }),
    }),
    ...defined({ imageHash: stored.imageHash, symbolsHash: stored.symbolsHash }),
    ...(stored.size && { size: stored.size, symbolSizes: `${directory}/${symbolSizesName}` }),
    ...(cause && { cause }),
  };
}
