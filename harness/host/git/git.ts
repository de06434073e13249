import path from 'node:path';
import { freeSpaceHint, HostError } from '../../model/index.ts';
import { hasRoom } from '../files/free-space.ts';
import { writeFileAtomic } from '../files/write.ts';
import { type CommandRequest, type CommandResult, describeEnd, dyingWithParent, runProcess, tail } from '../process.ts';

/** Which repository a git command works on, with an index and work tree of its own where it needs them. */
export interface GitPlace {
  readonly repository: string;
  readonly index?: string;
  readonly worktree?: string;
}

export interface GitOptions extends Pick<CommandRequest, 'input' | 'onLine' | 'signal' | 'env' | 'cwd' | 'timeoutMs'> {
  /** Whether the user's own git configuration acts: for talking to remotes only (proxies, credentials). */
  readonly userConfiguration?: boolean;
}

/** Nothing that a machine, a user or a tree configures may change bytes or run programs. */
const settings = [
  'core.hooksPath=/dev/null',
  'core.attributesFile=/dev/null',
  'core.excludesFile=/dev/null',
  'core.autocrlf=false',
  'core.fileMode=true',
  'core.fsmonitor=false',
  'core.symlinks=true',
  'checkout.workers=0',
  'gc.auto=0',
  'maintenance.auto=false',
  'protocol.ext.allow=never',
  'safe.directory=*',
  'submodule.recurse=false',
].flatMap((setting) => ['-c', setting]);

const inherited = [
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_ATTR_SOURCE',
  'GIT_COMMON_DIR',
  'GIT_CONFIG',
  'GIT_CONFIG_COUNT',
  'GIT_CONFIG_PARAMETERS',
  'GIT_EXTERNAL_DIFF',
  'GIT_INDEX_VERSION',
  'GIT_NAMESPACE',
  'GIT_OBJECT_DIRECTORY',
  'GIT_PREFIX',
  'GIT_TEMPLATE_DIR',
];

/** Attributes of the trees themselves must not convert either; this file in `info/` overrides them. */
const exactBytesAttributes = '* -text !eol !crlf -ident !filter !working-tree-encoding\n';

/** Runs git, shielded from configuration, hooks and filters. Any exit status is a result. */
export async function runGit(
  place: GitPlace,
  args: readonly string[],
  options: GitOptions = {},
): Promise<CommandResult> {
  const { userConfiguration, env, ...rest } = options;
  return runProcess({
    cwd: place.worktree ?? place.repository,
    ...rest,
    argv: ['git', ...settings, ...args],
    env: {
      ...shieldedEnvironment(userConfiguration ?? false),
      GIT_DIR: place.repository,
      GIT_INDEX_FILE: place.index,
      GIT_WORK_TREE: place.worktree,
      ...env,
    },
  });
}

/** Runs git outside of any repository, for its readers of mails and patches. */
export async function gitTool(cwd: string, args: readonly string[], options: GitOptions = {}): Promise<CommandResult> {
  return runProcess({
    ...options,
    cwd,
    argv: ['git', ...settings, ...args],
    env: {
      ...shieldedEnvironment(options.userConfiguration ?? false),
      GIT_DIR: undefined,
      GIT_WORK_TREE: undefined,
      GIT_INDEX_FILE: undefined,
      GIT_CEILING_DIRECTORIES: path.dirname(cwd),
      ...options.env,
    },
  });
}

/** The words and the environment that start git, shielded in the same way, for those who read its output as it comes. */
export function shieldedGit(
  cwd: string,
  args: readonly string[],
): { readonly argv: [string, ...string[]]; readonly env: Readonly<Record<string, string | undefined>> } {
  const env = { GIT_DIR: undefined, GIT_WORK_TREE: undefined, GIT_INDEX_FILE: undefined };
  const ceiling = { GIT_CEILING_DIRECTORIES: path.dirname(cwd), LC_ALL: 'C', LANGUAGE: '' };
  return {
    argv: dyingWithParent(['git', ...settings, ...args]),
    env: { ...shieldedEnvironment(false), ...env, ...ceiling },
  };
}

function shieldedEnvironment(userConfiguration: boolean): Record<string, string | undefined> {
  return {
    ...Object.fromEntries(inherited.map((name) => [name, undefined])),
    ...(userConfiguration ? {} : { GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' }),
    GIT_ATTR_NOSYSTEM: '1',
    GIT_TERMINAL_PROMPT: '0',
    GIT_ASKPASS: '/bin/false',
    GIT_ADVICE: '0',
  };
}

/** Like {@link runGit}; another status than 0 is a HostError that shows what git said. Resolves with stdout. */
export async function mustGit(
  place: GitPlace,
  args: readonly string[],
  what: string,
  options: GitOptions = {},
): Promise<string> {
  const result = await runGit(place, args, options);
  if (result.exitCode !== 0) {
    await mustHaveGitRoom(place, what);
    throw gitFailure(result, what);
  }
  return result.stdout;
}

/** Below so many bytes git counts as out of room: of some files it says only that it could not write them. */
const littleBytes = 2 ** 20;

/**
 * Asks the disk, after a git that may have written has failed for whatever reason.
 *
 * @throws HostError where there is no room left
 */
export async function mustHaveGitRoom({ repository, worktree = repository }: GitPlace, what: string): Promise<void> {
  const isRoom = async (directory: string): Promise<boolean> => hasRoom(directory, littleBytes).catch(() => true);
  if ((await isRoom(repository)) && (await isRoom(worktree))) return;
  throw new HostError(`${what} failed: the disk is full`, { code: 'QB-DISK', hint: freeSpaceHint });
}

export function gitFailure(result: CommandResult, what: string): HostError {
  const said = tail(result.stderr || result.stdout, 12);
  if (/no space left on device|file too large|disk quota exceeded/i.test(said)) {
    return new HostError(`${what} failed: the disk is full`, {
      code: 'QB-DISK',
      hint: `${freeSpaceHint}\n${said}`,
    });
  }
  return new HostError(`${what} failed: ${describeEnd(result)}`, { code: 'QB-GIT', hint: said });
}

/** Makes an empty bare repository that stores and checks out exact bytes. */
export async function createRepository(repository: string, signal: AbortSignal): Promise<void> {
  const argv = ['git', 'init', '--quiet', '--bare', '--template=', repository] as const;
  const env = {
    ...shieldedEnvironment(false),
    GIT_DIR: undefined,
    GIT_WORK_TREE: undefined,
    GIT_INDEX_FILE: undefined,
  };
  const result = await runProcess({ argv, signal, env });
  if (result.exitCode !== 0) {
    await mustHaveGitRoom({ repository: path.dirname(repository) }, `creating ${repository}`);
    throw gitFailure(result, `creating ${repository}`);
  }
  await writeFileAtomic(path.join(repository, 'info', 'attributes'), exactBytesAttributes);
}
