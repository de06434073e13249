import { ensureDirectory, writeFileAtomic } from '../../host/files/write.ts';
import { type BuildPlace, ownFile } from '../../host/make/build-directory.ts';
import { jobserverFlags } from '../../host/make/jobserver.ts';
import { searchPath } from '../../host/make/toolchain.ts';
import { withLowPriority } from '../../host/process.ts';
import { type Mount, plainArguments } from '../../host/sandbox/request.ts';
import { type FoundSandbox, findSandbox, noSandbox, type Sandbox } from '../../host/sandbox/sandbox.ts';
import { binutilsPlugins, toolPath } from '../../host/sandbox/tool-path.ts';
import {
  cachingCompiler,
  cachingCompilerName,
  type MakePlaces,
  makeEnvironment,
  sandboxPlaces,
  toolsOf,
} from '../../make/index.ts';
import {
  type BuildLimits,
  buildLimits,
  type Context,
  type SandboxName,
  type Source,
  type Target,
  type Toolchain,
} from '../../model/index.ts';
import { type CacheLayers, cacheLayers } from './cache-layers.ts';

/** Where the commands of a build run. */
export interface BuildRoom {
  /** Where they see things. */
  readonly places: MakePlaces;
  readonly sandbox: SandboxName | 'none';
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

const told = new Set<string>();

/**
 * Finds out how commands of a build run on this machine. Only what the user vouches for is built without a sandbox; that,
 * and that a sandbox is not the strongest, is said once.
 *
 * @throws HostError where there is no sandbox for anything else
 */
export async function buildRoom(request: RoomRequest, context: Context): Promise<BuildRoom> {
  const { sandbox, reason } = await requireSandbox(request.source.origin.kind === 'own');
  if (reason !== undefined) sayOnce(sandbox, reason, context);
  const layers = await cacheLayers(context, request.place, request.source.origin);
  if (layers) await writeFileAtomic(ownFile(request.place, cachingCompilerName), cachingCompiler, 0o755);
  const cacheLayer = layers?.outside.writes;
  const { worktree, place } = request;
  const makeFlags = jobserverFlags(context.jobs);
  const { limits = buildLimits } = context;
  const { directory, own } = place;
  const outside = { worktree, directory, own, cache: layers?.outside };
  if (sandbox === undefined) {
    const places = { ...outside, temporary: sandboxPlaces.temporary };
    const env = makeEnvironment(places, searchPath(), makeFlags);
    return {
      places,
      sandbox: 'none',
      cacheLayer,
      wrap: (argv) => Promise.resolve(withLowPriority(plainArguments({ argv, env, limits }))),
    };
  }
  const places: MakePlaces = sandbox.renames
    ? { ...sandboxPlaces, cache: layers?.inside }
    : { ...outside, temporary: place.temporary };
  const wrap: BuildRoom['wrap'] = async (argv) =>
    withLowPriority(await inSandbox(argv, { ...request, sandbox, places, layers, makeFlags, limits }));
  return { places, sandbox: sandbox.name, cacheLayer, wrap };
}

/**
 * Whether builds can do without a sandbox, or have one.
 *
 * @throws HostError where there is none for code that the user doesn't vouch for
 */
export async function requireSandbox(vouched: boolean): Promise<FoundSandbox> {
  const found = await findSandbox();
  if (found.sandbox !== undefined || vouched) return found;
  throw noSandbox('kernels are built in a sandbox', found.reason);
}

function sayOnce(sandbox: Sandbox | undefined, reason: string, context: Context): void {
  const text =
    sandbox === undefined
      ? `not sandboxed: kernels are built without a sandbox: ${reason}`
      : `kernels are built in a sandbox of ${sandbox.name}, which is weaker than bubblewrap: ${reason}`;
  if (told.has(text)) return;
  told.add(text);
  context.emit({ type: 'note', level: sandbox === undefined ? 'warning' : 'info', text });
}

interface Inside extends RoomRequest {
  readonly sandbox: Sandbox;
  readonly places: MakePlaces;
  readonly layers: CacheLayers | undefined;
  readonly makeFlags: string;
  readonly limits: BuildLimits;
}

async function inSandbox(argv: readonly [string, ...string[]], room: Inside): Promise<[string, ...string[]]> {
  const { sandbox, places, place, target, toolchain } = room;
  const needed = [...toolsOf(target, toolchain).map(({ command }) => command), 'make', 'ccache'];
  const tools = await toolPath(searchPath(), needed);
  const mounts: Mount[] = [
    ...tools.directories.map((directory) => ({ from: directory, at: directory, writable: false })),
    { from: room.worktree, at: places.worktree, writable: false },
    { from: place.directory, at: places.directory, writable: true },
    { from: place.own, at: places.own, writable: false },
    ...(room.layers?.mounts ?? []),
  ];
  const env = makeEnvironment(places, tools.path, room.makeFlags);
  const temporary = sandbox.renames ? {} : { temporary: await ensureDirectory(place.temporary) };
  return sandbox.wrap({ argv, env, mounts, emptied: await binutilsPlugins(), limits: room.limits, ...temporary });
}
