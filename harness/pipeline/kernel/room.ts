import { writeFileAtomic } from '../../host/files/write.ts';
import { type BuildPlace, ownFile } from '../../host/make/build-directory.ts';
import { jobserverFlags } from '../../host/make/jobserver.ts';
import {
  binutilsPlugins,
  bubblewrap,
  type Mount,
  noSandbox,
  plainArguments,
  sandboxArguments,
  sandboxProblem,
  toolPath,
} from '../../host/make/sandbox.ts';
import { searchPath } from '../../host/make/toolchain.ts';
import { withLowPriority } from '../../host/process.ts';
import {
  cachingCompiler,
  cachingCompilerName,
  type MakePlaces,
  makeEnvironment,
  sandboxPlaces,
} from '../../make/index.ts';
import {
  type BuildLimits,
  buildLimits,
  type Context,
  type Source,
  type Target,
  type Toolchain,
} from '../../model/index.ts';
import { type CacheLayers, cacheLayers } from './cache-layers.ts';

/** Where the commands of a build run. */
export interface BuildRoom {
  /** Where they see things. */
  readonly places: MakePlaces;
  readonly sandboxed: boolean;
  /** On this machine: the layer of the compiler cache that is written there. */
  readonly cacheLayer: string | undefined;
  /** The argument list that runs a command there, with the whole environment of a make and low priority. */
  readonly wrap: (argv: readonly [string, ...string[]]) => Promise<[string, ...string[]]>;
}

export interface RoomRequest {
  readonly source: Pick<Source, 'origin'>;
  readonly worktree: string;
  readonly place: BuildPlace;
  readonly target: Target;
  readonly toolchain: Toolchain;
}

let toldAboutSandbox = false;

/**
 * Finds out how commands of a build run on this machine. Only what the user vouches for is built without a sandbox, which
 * is said once.
 *
 * @throws HostError where there is no sandbox for anything else
 */
export async function buildRoom(request: RoomRequest, context: Context): Promise<BuildRoom> {
  const problem = await requireSandbox(request.source.origin.kind === 'own');
  if (problem !== undefined) sayUnprotected(problem, context);
  const layers = await cacheLayers(context, request.place, request.source.origin);
  if (layers) await writeFileAtomic(ownFile(request.place, cachingCompilerName), cachingCompiler, 0o755);
  const cacheLayer = layers?.outside.writes;
  const { worktree, place } = request;
  const makeFlags = jobserverFlags(context.jobs);
  const { limits = buildLimits } = context;
  if (problem !== undefined) {
    const places = { worktree, directory: place.directory, own: place.own, cache: layers?.outside };
    const env = makeEnvironment(places, searchPath(), makeFlags);
    return {
      places,
      sandboxed: false,
      cacheLayer,
      wrap: (argv) => Promise.resolve(withLowPriority(plainArguments({ argv, env, limits }))),
    };
  }
  const places: MakePlaces = { ...sandboxPlaces, cache: layers?.inside };
  const wrap: BuildRoom['wrap'] = async (argv) =>
    withLowPriority(await inSandbox(argv, { ...request, places, layers, makeFlags, limits }));
  return { places, sandboxed: true, cacheLayer, wrap };
}

/**
 * Whether builds can do without a sandbox, or have one.
 *
 * @returns why there is no sandbox; undefined when there is one
 * @throws HostError where there is none for code that the user doesn't vouch for
 */
export async function requireSandbox(vouched: boolean): Promise<string | undefined> {
  const problem = await sandboxProblem();
  if (problem === undefined || vouched) return problem;
  throw noSandbox('kernels are built in a sandbox', problem);
}

function sayUnprotected(problem: string, context: Context): void {
  if (toldAboutSandbox) return;
  toldAboutSandbox = true;
  const text = `not sandboxed: kernels are built without a sandbox: ${problem}`;
  context.emit({ type: 'note', level: 'warning', text });
}

interface Inside extends RoomRequest {
  readonly places: MakePlaces;
  readonly layers: CacheLayers | undefined;
  readonly makeFlags: string;
  readonly limits: BuildLimits;
}

async function inSandbox(argv: readonly [string, ...string[]], room: Inside): Promise<[string, ...string[]]> {
  const { places, place, target, toolchain } = room;
  const { crossCompile } = target;
  const needed = [`${crossCompile}${toolchain.cc}`, `${crossCompile}ld`, toolchain.hostcc, 'make', 'ccache'];
  const tools = await toolPath(searchPath(), needed);
  const mounts: Mount[] = [
    ...tools.directories.map((directory) => ({ from: directory, at: directory, writable: false })),
    { from: room.worktree, at: places.worktree, writable: false },
    { from: place.directory, at: places.directory, writable: true },
    { from: place.own, at: places.own, writable: false },
    ...(room.layers?.mounts ?? []),
  ];
  const env = makeEnvironment(places, tools.path, room.makeFlags);
  return sandboxArguments(
    { argv, env, mounts, emptied: await binutilsPlugins(), limits: room.limits },
    await bubblewrap(),
  );
}
