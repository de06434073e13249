import { hashValues } from '../../host/files/hash.ts';
import { ensureDirectory, writeFileAtomic, writeJson } from '../../host/files/write.ts';
import { beginMake, endMake, ownFile } from '../../host/make/build-directory.ts';
import { enterJobserver, type JobSlot, jobserverFlags } from '../../host/make/jobserver.ts';
import {
  binutilsPlugins,
  type Mount,
  plainArguments,
  sandboxArguments,
  sandboxProblem,
  toolPath,
} from '../../host/make/sandbox.ts';
import { findCommand, searchPath } from '../../host/make/toolchain.ts';
import { type CommandResult, runCommand, withLowPriority } from '../../host/process.ts';
import {
  cachingCompiler,
  cachingCompilerName,
  type MakePlaces,
  makeArguments,
  makeEnvironment,
  sandboxPlaces,
} from '../../make/index.ts';
import { type Context, defined, HostError, type Target, type Toolchain } from '../../model/index.ts';
import { locked } from '../locked.ts';

export interface KernelMake {
  readonly worktree: string;
  readonly directory: string;
  readonly target: Target;
  readonly toolchain: Toolchain;
  readonly kernelVersion: string;
  readonly goal: string;
  readonly moreGoals?: readonly string[];
  /** stdout and stderr are appended to it. */
  readonly logFile: string;
  readonly variables?: (places: MakePlaces) => Readonly<Record<string, string>>;
  readonly onLine?: (line: string) => void;
  /** What to write into the build directory first, once what an interrupted make left there is put right. */
  readonly prepare?: () => Promise<void>;
}

export interface KernelMakeResult {
  readonly succeeded: boolean;
  /** Where make saw the tree, for reading its log. */
  readonly places: MakePlaces;
}

/**
 * The build directory of a worktree, a target and a configuration. It is kept, so that walking along a series compiles
 * only what depends on each patch.
 */
export function buildDirectory(context: Context, worktree: string, target: Target, configuration: string): string {
  return `${context.cache.builds}/${target.name}-${configuration}-${hashValues(worktree).slice(0, 12)}`;
}

/** Runs an action while nobody else uses the build directory, in this process or another. */
export function withBuildDirectory<T>(context: Context, directory: string, action: () => Promise<T>): Promise<T> {
  const name = directory.slice(directory.lastIndexOf('/') + 1);
  return locked(context, { name: `build-${name}`, purpose: `building in ${name}` }, action);
}

let toldAboutSandbox = false;

/**
 * Runs make for a kernel, in a sandbox where the machine has one. A make that fails is a result.
 *
 * @throws HostError when make or everything under it was killed from outside
 * @throws InterruptedError when the context's signal asked to stop
 */
export async function kernelMake(request: KernelMake, context: Context): Promise<KernelMakeResult> {
  const room = await buildRoom(request, context);
  const { places } = room;
  const argv = makeArguments({ ...request, places, variables: request.variables?.(places) ?? {} });
  await beginMake(request.directory);
  await writeJson(ownFile(request.directory, 'roots.json'), places);
  await request.prepare?.();
  const slot = await enterJobserver(context.jobs, context.signal);
  const result = await runMake(await room.wrap(argv), slot, request, context).finally(() => slot.release());
  if (result.endedBy !== undefined || (result.exitCode ?? 0) > 128) {
    throw new HostError(`make was killed while it built for ${request.target.name}`, {
      hint: 'quiltboot did not do it; if the machine was out of memory, compile less at once with --jobs',
      retryable: true,
    });
  }
  await endMake(request.directory);
  return { succeeded: result.exitCode === 0, places };
}

function runMake(
  argv: readonly [string, ...string[]],
  slot: JobSlot,
  { logFile, onLine }: KernelMake,
  { signal }: Context,
): Promise<CommandResult> {
  return runCommand({
    argv: argv,
    logFile,
    signal,
    descriptors: slot.descriptors,
    ...defined({ onLine }),
  });
}

/** Where the commands of a build run: in a sandbox where the machine has one. */
export interface BuildRoom {
  /** Where they see things. */
  readonly places: MakePlaces;
  /** The argument list that runs a command there, with the whole environment of a make and low priority. */
  readonly wrap: (argv: readonly [string, ...string[]]) => Promise<[string, ...string[]]>;
}

/** Finds out how commands of a build run on this machine; says so once when it is without a sandbox. */
export async function buildRoom(
  request: Pick<KernelMake, 'worktree' | 'directory' | 'target' | 'toolchain'>,
  context: Context,
): Promise<BuildRoom> {
  const problem = await sandboxProblem();
  if (problem !== undefined && !toldAboutSandbox) {
    toldAboutSandbox = true;
    context.emit({ type: 'note', level: 'warning', text: `kernels are built without a sandbox: ${problem}` });
  }
  const ccache = (await findCommand('ccache')) === undefined ? undefined : context.cache.ccache;
  if (ccache !== undefined) {
    await ensureDirectory(`${ccache}/tmp`);
    await writeFileAtomic(`${ccache}/${cachingCompilerName}`, cachingCompiler, 0o777);
  }
  const outside: MakePlaces = { worktree: request.worktree, directory: request.directory, ccache };
  const inside: MakePlaces = { ...sandboxPlaces, ccache: ccache && sandboxPlaces.ccache };
  const places = problem === undefined ? inside : outside;
  const makeFlags = jobserverFlags(context.jobs);
  return {
    places,
    wrap: async (argv) =>
      withLowPriority(
        problem === undefined
          ? await inSandbox(argv, makeFlags, inside, outside, request)
          : plainArguments({ argv, env: makeEnvironment(places, searchPath(), makeFlags) }),
      ),
  };
}

async function inSandbox(
  argv: readonly [string, ...string[]],
  makeFlags: string,
  inside: MakePlaces,
  outside: MakePlaces,
  { target, toolchain }: Pick<KernelMake, 'target' | 'toolchain'>,
): Promise<[string, ...string[]]> {
  const { crossCompile } = target;
  const needed = [`${crossCompile}${toolchain.cc}`, `${crossCompile}ld`, toolchain.hostcc, 'make', 'ccache'];
  const tools = await toolPath(searchPath(), needed);
  const mounts: Mount[] = [
    ...tools.directories.map((directory) => ({ from: directory, at: directory, writable: false })),
    { from: outside.worktree, at: inside.worktree, writable: false },
    { from: outside.directory, at: inside.directory, writable: true },
    ...(outside.ccache === undefined ? [] : [{ from: outside.ccache, at: sandboxPlaces.ccache, writable: true }]),
  ];
  const env = makeEnvironment(inside, tools.path, makeFlags);
  return sandboxArguments({ argv, env, mounts, emptied: await binutilsPlugins() });
}
