import type { Target, Toolchain } from '../model/index.ts';
import { type CompilerCache, cacheEnvironment, cachingCompilerName } from './ccache.ts';
import { compilerTool, toolVariables } from './tools.ts';

/** Where make sees things; absolute paths. */
export interface MakePlaces {
  /** The source, which is only read. */
  readonly worktree: string;
  /** The build directory (`O=`): the only one of a build's places that it can write. */
  readonly directory: string;
  /** Our own files, which a build reads and cannot change: the requested configuration, the compiler's wrapper. */
  readonly own: string;
  /** For temporary files. */
  readonly temporary: string;
  /** Undefined where ccache is not used. */
  readonly cache: CompilerCache | undefined;
}

/**
 * Where everything is inside of a sandbox: the same for every worktree and machine, so that no path of the machine can
 * end up in an image and ccache knows an object again whatever worktree it was made in.
 */
export const sandboxPlaces = {
  worktree: '/linux',
  directory: '/build',
  own: '/quiltboot',
  temporary: '/tmp',
} as const;

/** Where a layer of the compiler cache is inside of a sandbox, by its name. */
export function sandboxLayer(name: string): string {
  return `/ccache/${name}`;
}

export interface MakeRequest {
  readonly places: MakePlaces;
  readonly target: Target;
  readonly toolchain: Toolchain;
  readonly kernelVersion: string;
  /** Exactly one: two goals at once race in old trees. */
  readonly goal: string;
  /** Goals to make after it, with one job, since they would race in old trees; make goes on when one of them fails. */
  readonly moreGoals?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** The compiler command for a target, without ccache. */
export function compilerCommand(target: Target, toolchain: Toolchain): string[] {
  const { command } = compilerTool(target, toolchain);
  return [command, ...toolchain.flags, ...(toolchain.targetFlags[target.name] ?? [])];
}

/** The argument list of make. */
export function makeArguments(request: MakeRequest): [string, ...string[]] {
  const { places, target, toolchain } = request;
  const cached = places.cache === undefined ? [] : [`${places.own}/${cachingCompilerName}`];
  // Old trees hand the compiler absolute paths, which would end up in __FILE__ and thus in the image.
  const cc = [...cached, ...compilerCommand(target, toolchain), `-ffile-prefix-map=${places.worktree}/=`];
  const hostcc = [...cached, toolchain.hostcc, ...toolchain.hostFlags];
  const layout = target.kernelLayout(request.kernelVersion);
  const variables: Record<string, string> = {
    O: places.directory,
    ARCH: layout.arch,
    CROSS_COMPILE: target.crossCompile,
    CC: cc.join(' '),
    HOSTCC: hostcc.join(' '),
    ...toolVariables(target, toolchain, request.kernelVersion),
    // Set but empty: the state of the git worktree adds no "+" to the release.
    LOCALVERSION: '',
    ...layout.variables,
    ...request.variables,
  };
  return [
    'make',
    '-C',
    places.worktree,
    // The lines of one object stay together, so that a message can be given to the object it belongs to.
    '--output-sync=target',
    '--no-print-directory',
    ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
    request.goal,
    ...(request.moreGoals === undefined ? [] : ['-j1', '--keep-going', ...request.moreGoals]),
  ];
}

/**
 * The whole environment of make: nothing of the user's (MAKEFLAGS, CFLAGS, ARCH …) may change a kernel, and what the
 * kernel's build would ask the machine for is pinned, so that equal sources give equal images.
 */
export function makeEnvironment(places: MakePlaces, path: string, makeFlags: string): Record<string, string> {
  return {
    PATH: path,
    // How many jobs run at once, and nothing else.
    MAKEFLAGS: makeFlags,
    LC_ALL: 'C',
    TZ: 'UTC',
    HOME: '/nonexistent',
    KBUILD_BUILD_USER: 'quiltboot',
    KBUILD_BUILD_HOST: 'quiltboot',
    KBUILD_BUILD_TIMESTAMP: 'Thu Jan  1 00:00:00 UTC 1970',
    KBUILD_BUILD_VERSION: '1',
    KCONFIG_NOTIMESTAMP: '1',
    LOCALVERSION: '',
    ...(places.cache === undefined ? {} : cacheEnvironment(places.cache, places.temporary)),
  };
}

/** What of a make goes into the key of a result: everything but places and the number of jobs. */
export function makeIdentity(target: Target, toolchain: Toolchain, kernelVersion: string): unknown {
  return {
    target: target.name,
    layout: target.kernelLayout(kernelVersion),
    compiler: compilerCommand(target, toolchain),
    host: [toolchain.hostcc, ...toolchain.hostFlags],
    ...toolVariables(target, toolchain, kernelVersion),
  };
}
