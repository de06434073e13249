import { readdir, realpath } from 'node:fs/promises';
import { homedir } from 'node:os';
import path from 'node:path';
import { type BuildLimits, buildLimits, HostError } from '../../model/index.ts';
import { exists } from '../files/kind.ts';
import { makeScratch } from '../files/scratch.ts';
import { runProcess } from '../process.ts';
import { limitWords } from './limits.ts';
import { findCommand, searchPath } from './toolchain.ts';

export interface SandboxRequest {
  readonly argv: readonly [string, ...string[]];
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string>>;
  readonly mounts: readonly Mount[];
  /** Directories of the machine, which must exist, that are empty for the command; absolute paths. */
  readonly emptied?: readonly string[];
  readonly limits?: BuildLimits;
}

/** A directory of the machine, which must exist, and where the command sees it. */
export interface Mount {
  readonly from: string;
  readonly at: string;
  readonly writable: boolean;
}

/** Where compilers and their data are; what is not there is passed over. The home directory is not among them. */
const system = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64', '/libx32', '/opt', '/nix', '/gnu'];
const settings = ['/etc/alternatives', '/etc/ld.so.cache', '/etc/ld.so.conf', '/etc/ld.so.conf.d', '/etc/python3'];

/**
 * The command without a sandbox: stdout and stderr in one stream, so that their order is kept, and no variable of the
 * user's environment.
 */
export function plainArguments(request: Pick<SandboxRequest, 'argv' | 'env' | 'limits'>): [string, ...string[]] {
  const variables = Object.entries(request.env).map(([name, value]) => `${name}=${value}`);
  const limits = request.limits === undefined ? [] : limitWords(request.limits);
  return ['env', '-i', ...variables, ...limits, '/bin/sh', '-c', 'exec "$@" 2>&1', 'sh', ...request.argv];
}

/**
 * The command in a sandbox of bubblewrap: no network, no home directory, nothing writable but what was named, and a
 * process namespace of its own that ends with us, whatever was started in it. bubblewrap itself, which the command sees
 * as process 1, starts with an empty environment: what stands there could be read by everything in the sandbox.
 *
 * @param bwrap absolute path of bubblewrap
 */
export function sandboxArguments(request: SandboxRequest, bwrap = '/usr/bin/bwrap'): [string, ...string[]] {
  return [
    ...(['env', '-i', bwrap] as const),
    '--unshare-all',
    '--die-with-parent',
    ...['--cap-drop', 'ALL'],
    ...['--hostname', 'quiltboot'],
    ...[...system, ...settings].flatMap((directory) => ['--ro-bind-try', directory, directory]),
    ...['--proc', '/proc'],
    ...['--dev', '/dev'],
    ...smallFiles(request, '/dev/shm'),
    ...['--remount-ro', '/dev'],
    ...smallFiles(request, '/tmp'),
    ...(request.emptied ?? []).flatMap((directory) => ['--tmpfs', directory, '--remount-ro', directory]),
    ...request.mounts.flatMap(({ from, at, writable }) => [writable ? '--bind' : '--ro-bind', from, at]),
    // What holds the mounts lies in memory as well.
    ...['--remount-ro', '/'],
    ...['--chdir', '/'],
    '--',
    ...plainArguments({ ...request, env: { ...request.env, TMPDIR: '/tmp' } }),
  ];
}

/** A place for files that lie in memory; half of all memory is what one has without a limit. */
function smallFiles({ limits = buildLimits }: SandboxRequest, at: string): string[] {
  return ['--size', String(limits.temporary * 1024 * 1024), '--tmpfs', at];
}

/**
 * Where binutils of the system look for plugins, as far as it is there. `nm` loads all of them each time it starts; where
 * LLVM is installed, its 110 MB come with it and a call takes seven times as long (measured: 210 ms instead of 31), once
 * for each object of a kernel. Kernels that GCC builds need none.
 */
export async function binutilsPlugins(): Promise<string[]> {
  const libraries = '/usr/lib';
  const names = await readdir(libraries).catch(() => []);
  const places = ['', ...names].map((name) => path.join(libraries, name, 'bfd-plugins'));
  const there = await Promise.all(places.map((place) => realpath(place).catch(() => undefined)));
  return [...new Set(there.filter((place) => place !== undefined))];
}

/** What a sandbox needs to see of a PATH. */
export interface ToolPath {
  /** The PATH without directories that the sandbox doesn't have. */
  readonly path: string;
  /** Directories outside the system's that hold tools. */
  readonly directories: readonly string[];
}

/**
 * Goes through a PATH: of what a user has added to the system's directories, those stay that hold one of the commands.
 * A compiler that was installed into a place of its own brings the whole place, for its libraries lie beside `bin`.
 */
export async function toolPath(searchPath: string, commands: readonly string[]): Promise<ToolPath> {
  const kept: string[] = [];
  const directories = new Set<string>();
  for (const directory of searchPath.split(path.delimiter)) {
    if (!path.isAbsolute(directory) || !(await exists(directory))) continue;
    const real = await realpath(directory);
    if (!system.some((one) => real === one || real.startsWith(`${one}/`))) {
      if (real === '/' || real === homedir()) continue;
      if (!(await holdsOne(directory, commands))) continue;
      const parent = path.dirname(directory);
      directories.add((await exists(path.join(parent, 'lib/gcc'))) ? parent : directory);
    }
    kept.push(directory);
  }
  return { path: kept.join(path.delimiter), directories: [...directories] };
}

async function holdsOne(directory: string, commands: readonly string[]): Promise<boolean> {
  const found = await Promise.all(commands.map((command) => exists(path.join(directory, command))));
  return found.includes(true);
}

export const missingSandbox = 'bubblewrap is not installed (apt-get install bubblewrap)';

/**
 * The error for code that nobody vouches for where there is no sandbox.
 *
 * @param what `kernels are built in a sandbox`
 * @param problem why there is none
 */
export function noSandbox(what: string, problem: string): HostError {
  return new HostError(`${what}, and this machine has none: ${problem}`, {
    code: 'QB-SANDBOX',
    hint:
      'run: quiltboot doctor\n' +
      'whoever vouches for the kernels, and for all code that runs while they are built, can say so with --trust, or ' +
      'with "trust: own" beside the series in the project file; they are then built and booted without a sandbox',
  });
}

let probe: Promise<string | undefined> | undefined;

/** Why builds can't be sandboxed on this machine; undefined when they can. Tried once, by doing it. */
export function sandboxProblem(): Promise<string | undefined> {
  probe ??= tryOut();
  return probe;
}

/** Absolute path of bubblewrap; where there is none, where it would be. */
export async function bubblewrap(): Promise<string> {
  return path.resolve((await findCommand('bwrap')) ?? '/usr/bin/bwrap');
}

/**
 * A command that reads files which others made (debuggers, lists of symbols), with nothing but their directory, where the
 * machine has a sandbox.
 *
 * @param directory seen by the command under its own name
 */
export async function inspectionArguments(
  argv: readonly [string, ...string[]],
  directory: string,
): Promise<[string, ...string[]]> {
  const { path: tools, directories } = await toolPath(searchPath(), [argv[0]]);
  const env = { PATH: tools, LC_ALL: 'C' };
  if ((await sandboxProblem()) !== undefined) return plainArguments({ argv, env });
  const mounts = [...directories, directory].map((from) => ({ from, at: from, writable: false }));
  return sandboxArguments({ argv, env, mounts, emptied: await binutilsPlugins() }, await bubblewrap());
}

async function tryOut(): Promise<string | undefined> {
  if ((await findCommand('bwrap')) === undefined) return missingSandbox;
  const scratch = await makeScratch({ purpose: 'sandbox' });
  try {
    const request: SandboxRequest = {
      argv: ['/bin/sh', '-c', 'echo inside > /probe/written && cat /probe/written'],
      env: { PATH: '/usr/bin:/bin' },
      mounts: [{ from: scratch.path, at: '/probe', writable: true }],
    };
    const argv = sandboxArguments(request, await bubblewrap());
    const result = await runProcess({ argv, timeoutMs: 10_000 });
    if (result.exitCode === 0 && result.stdout === 'inside\n') return undefined;
    return (result.stderr || result.stdout).trim() || 'bwrap gave no reason';
  } catch {
    return missingSandbox;
  } finally {
    await scratch.remove();
  }
}
