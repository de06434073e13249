import { type BuildLimits, HostError, type SandboxName, UserError } from '../../model/index.ts';
import { withScratch } from '../files/scratch.ts';
import { ensureDirectory, writeFileAtomic } from '../files/write.ts';
import { searchPath } from '../make/toolchain.ts';
import { runProcess } from '../process.ts';
import { bubblewrap, bubblewrapArguments, missingBubblewrap } from './bubblewrap.ts';
import { landlockArguments, landlockHelper } from './landlock.ts';
import { plainArguments, type SandboxRequest } from './request.ts';
import { binutilsPlugins, toolPath } from './tool-path.ts';

/** Shuts commands in. */
export interface Sandbox {
  readonly name: SandboxName;
  /**
   * Whether a command sees things under the names that its mounts have there, and temporary files lie in memory; otherwise
   * everything has its own name, and temporary files need a directory.
   */
  readonly renames: boolean;
  /** The argument list that runs a command in it. */
  wrap(request: SandboxRequest): [string, ...string[]];
}

interface Kind extends Omit<Sandbox, 'wrap'> {
  /** Absolute path of the program that does it, or why there is none. */
  readonly find: () => Promise<{ readonly file: string } | { readonly problem: string }>;
  readonly wrap: (file: string, request: SandboxRequest) => [string, ...string[]];
}

/** The strongest first. */
const kinds: readonly Kind[] = [
  {
    name: 'bubblewrap',
    renames: true,
    find: async () => {
      const file = await bubblewrap();
      return file === undefined ? { problem: missingBubblewrap } : { file };
    },
    wrap: bubblewrapArguments,
  },
  { name: 'landlock', renames: false, find: landlockHelper, wrap: landlockArguments },
];

/**
 * The sandbox of this machine. `reason` says why it is not the strongest one.
 */
export type FoundSandbox =
  | { readonly sandbox: Sandbox; readonly reason?: string }
  | { readonly sandbox?: undefined; readonly reason: string };

/**
 * The first of some ways that works, and why those before it don't. `QUILTBOOT_SANDBOX` names the only one to be taken.
 *
 * @param tryOut why one of them does not work, or what does the work
 * @throws UserError when there is none of that name
 */
export async function strongest<T extends { readonly name: SandboxName }, R extends object>(
  ways: readonly T[],
  tryOut: (way: T) => Promise<R | string>,
): Promise<{ readonly found?: R; readonly reason?: string }> {
  const wanted = process.env.QUILTBOOT_SANDBOX || undefined;
  const names = [...new Set(kinds.map(({ name }) => name))];
  if (wanted !== undefined && !names.some((name) => name === wanted)) {
    throw new UserError(`there is no sandbox ${JSON.stringify(wanted)}`, {
      hint: `QUILTBOOT_SANDBOX names one of: ${names.join(', ')}`,
    });
  }
  const reasons = new Map<SandboxName, string>();
  for (const way of ways.filter(({ name }) => wanted === undefined || name === wanted)) {
    const result = await tryOut(way);
    if (typeof result !== 'string') {
      if (wanted !== undefined && wanted !== names[0]) reasons.set(way.name, 'QUILTBOOT_SANDBOX asks for it');
      return { found: result, ...(reasons.size === 0 ? {} : { reason: [...reasons.values()].join('; ') }) };
    }
    reasons.set(way.name, result);
  }
  return { reason: [...reasons.values()].join('; ') };
}

/** One of the sandboxes, whatever else the machine has; or why it does not work. */
export async function trySandbox(wanted: SandboxName): Promise<Sandbox | string> {
  const kind = kinds.find(({ name }) => name === wanted);
  return kind === undefined ? `there is no ${wanted}` : await tryOut(kind);
}

let probe: Promise<FoundSandbox> | undefined;

/** The strongest sandbox that works on this machine. Tried once, by doing it. */
export function findSandbox(): Promise<FoundSandbox> {
  probe ??= strongest(kinds, tryOut).then(({ found, reason = '' }) =>
    found === undefined ? { reason } : { sandbox: found, ...(reason === '' ? {} : { reason }) },
  );
  return probe;
}

/** Why builds can't be sandboxed on this machine; undefined when they can. */
export async function sandboxProblem(): Promise<string | undefined> {
  const { sandbox, reason } = await findSandbox();
  return sandbox === undefined ? reason : undefined;
}

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
      'if you trust the kernels, and all code that runs while they are built, say so with --trust, or with ' +
      '"trust: own" beside the series in the project file; they are then built and booted without a sandbox',
  });
}

/**
 * A command that reads files which others made (debuggers, lists of symbols), with nothing but their directory, where the
 * machine has a sandbox.
 *
 * @param directory seen by the command under its own name
 * @param options `tool`: the command that a shell in its place runs; `limits`: none when absent
 */
export async function inspectionArguments(
  argv: readonly [string, ...string[]],
  directory: string,
  { tool = argv[0], limits }: { readonly tool?: string; readonly limits?: BuildLimits } = {},
): Promise<[string, ...string[]]> {
  const { path: tools, directories } = await toolPath(searchPath(), [tool]);
  const env = { PATH: tools, LC_ALL: 'C' };
  const { sandbox } = await findSandbox();
  const bounds = limits === undefined ? {} : { limits };
  if (sandbox === undefined) return plainArguments({ argv, env, ...bounds });
  const mounts = [...directories, directory].map((from) => ({ from, at: from, writable: false }));
  return sandbox.wrap({ argv, env, mounts, emptied: await binutilsPlugins(), ...bounds });
}

/** What has to work in a sandbox, and what must not. */
const script = 'cd "$1" && echo inside >written && chmod 755 written && cat written && ! cat "$2" 2>/dev/null';

async function tryOut(kind: Kind): Promise<Sandbox | string> {
  const problem = (why: unknown): string => `${kind.name}: ${why instanceof Error ? why.message : String(why)}`;
  try {
    const program = await kind.find();
    if ('problem' in program) return program.problem;
    const { name, renames } = kind;
    const sandbox: Sandbox = { name, renames, wrap: (request) => kind.wrap(program.file, request) };
    return await withScratch({ purpose: 'sandbox' }, async (directory) => {
      const from = await ensureDirectory(`${directory}/probe`);
      const outside = `${directory}/outside`;
      await writeFileAtomic(outside, 'outside\n');
      const at = sandbox.renames ? '/probe' : from;
      const argv = sandbox.wrap({
        argv: ['/bin/sh', '-c', script, 'sh', at, outside],
        env: { PATH: '/usr/bin:/bin' },
        mounts: [{ from, at, writable: true }],
      });
      const result = await runProcess({ argv, timeoutMs: 10_000 });
      if (result.exitCode === 0 && result.stdout === 'inside\n') return sandbox;
      return (result.stderr || result.stdout).trim() || problem('it does not work, and gave no reason');
    });
  } catch (error) {
    return problem(error);
  }
}
