import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { HostError, UserError } from '../../model/index.ts';
import { type CommandResult, describeEnd, tail } from '../process.ts';
import { type GitPlace, gitFailure, gitTool, mustGit, runGit } from './git.ts';

/**
 * One pack instead of a loose object for each file: three times faster for a kernel. git streams what is over this size
 * into a pack, so for adding, everything is over it.
 */
const packAll = ['-c', 'core.bigFileThreshold=1', '-c', 'core.compression=1'];

/** Takes every file below the work tree into the repository and the index, whatever the tree's own ignore rules say. */
export async function addEverything(place: Required<GitPlace>, signal: AbortSignal): Promise<void> {
  await mustGit(place, [...packAll, 'add', '--all', '--force', '.'], `storing ${place.worktree} in git`, { signal });
}

/** Takes exactly these files of the work tree into the index (paths relative to it). */
export async function addListed(
  place: Required<GitPlace>,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const what = `storing ${place.worktree} in git`;
  const listed = await mustGit(place, ['ls-files', '-z'], what, { signal });
  const wanted = new Set(files);
  const gone = listed.split('\0').filter((name) => name !== '' && !wanted.has(name));
  const join = (names: readonly string[]): string => names.map((name) => `${name}\0`).join('');
  await mustGit(place, ['update-index', '--force-remove', '-z', '--stdin'], what, { signal, input: join(gone) });
  const add = ['update-index', '--add', '--remove', '-z', '--stdin'];
  await mustGit(place, [...packAll, ...add], what, { signal, input: join(files) });
}

/** Files that a git work tree holds: tracked ones, and new ones that it does not ignore. Undefined for another directory. */
export async function workTreeFiles(directory: string, signal: AbortSignal): Promise<string[] | undefined> {
  const top = await gitTool(directory, ['rev-parse', '--show-cdup'], { signal });
  if (top.exitCode !== 0 || top.stdout.trim() !== '') return undefined;
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard', '--deduplicate'];
  const listed = await gitTool(directory, args, { signal });
  if (listed.exitCode !== 0) throw gitFailure(listed, `listing the files of ${directory}`);
  return listed.stdout.split('\0').filter((name) => name !== '');
}

/** Lets a repository read the objects of another one without copying them. */
export async function borrowObjects(repository: string, from: string): Promise<void> {
  await writeFile(path.join(repository, 'objects', 'info', 'alternates'), `${path.join(from, 'objects')}\n`);
}

/** The commit that a revision of a repository on this machine names. Throws UserError for one that it hasn't. */
export async function resolveLocalRef(repository: string, ref: string, signal: AbortSignal): Promise<string> {
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${ref}^{commit}`];
  const result = await gitTool(repository, args, { signal });
  if (result.exitCode === 0) return result.stdout.trim();
  const inside = await gitTool(repository, ['rev-parse', '--git-dir'], { signal });
  if (inside.exitCode !== 0) throw new UserError(`${repository} is not a git repository`, { code: 'QB-REVISION' });
  throw new UserError(`the repository ${repository} has no commit ${ref}`, {
    code: 'QB-REVISION',
    hint: `list what it has with: git -C ${repository} for-each-ref`,
  });
}

/** How long a remote repository may keep us. */
export interface Patience {
  /** Over http: seconds in which less comes than a KiB each. */
  readonly slowSeconds: number;
  /** For all that is asked at once, in milliseconds, whatever the protocol. */
  readonly allMs: number;
}

const patience = { list: { slowSeconds: 30, allMs: 5 * 60_000 }, fetch: { slowSeconds: 60, allMs: 4 * 60 * 60_000 } };

function slowest({ slowSeconds }: Patience): string[] {
  return ['-c', 'http.lowSpeedLimit=1024', '-c', `http.lowSpeedTime=${slowSeconds}`];
}

/** The commit that a branch, tag or commit id of a remote repository names now. */
export async function resolveRemoteRef(
  scratch: string,
  url: string,
  ref: string,
  signal: AbortSignal,
  limits: Patience = patience.list,
): Promise<string> {
  if (/^[0-9a-f]{40}$/.test(ref)) return ref;
  const patterns = [ref, `${ref}^{}`];
  const args = [...slowest(limits), 'ls-remote', '--', url, ...patterns];
  const result = await gitTool(scratch, args, { signal, userConfiguration: true, timeoutMs: limits.allMs });
  if (result.exitCode !== 0) throw remoteFailure(url, result);
  const refs = new Map<string, string>();
  for (const line of result.stdout.split('\n')) {
    const [commit, name] = line.split('\t');
    if (commit !== undefined && name !== undefined) refs.set(name, commit);
  }
  const names = [`refs/tags/${ref}^{}`, `refs/tags/${ref}`, `refs/heads/${ref}`, `${ref}^{}`, ref];
  const commit = names.map((name) => refs.get(name)).find((found) => found !== undefined);
  if (commit !== undefined) return commit;
  throw new UserError(`the repository ${url} has no branch or tag ${ref}`, {
    code: 'QB-REVISION',
    hint: `list what it has with: git ls-remote ${url}\na commit is given by its whole id of 40 digits`,
  });
}

/** Brings one commit, without its history, into a repository. The other one is only read. */
export async function fetchCommit(
  repository: string,
  source: { readonly url: string; readonly local: boolean },
  commit: string,
  options: { readonly signal: AbortSignal; readonly onLine?: (line: string) => void },
): Promise<void> {
  // A path would make git share objects instead of copying them, and ignore the depth.
  const url = source.local ? pathToFileURL(source.url).href : source.url;
  const args = [
    ...slowest(patience.fetch),
    'fetch',
    '--depth=1',
    '--no-tags',
    '--progress',
    '--no-write-fetch-head',
    '--',
    url,
    commit,
  ];
  const result = await runGit({ repository }, args, {
    ...options,
    userConfiguration: !source.local,
    timeoutMs: patience.fetch.allMs,
  });
  if (result.exitCode !== 0) throw remoteFailure(source.url, result);
}

function remoteFailure(url: string, result: CommandResult): HostError {
  const end = result.timedOut ? `\n${describeEnd(result)}` : '';
  const said = `${tail(result.stderr, 6)}${end}`;
  if (/No space left on device/i.test(said))
    return new HostError(`cannot fetch from ${url}: the disk is full`, { code: 'QB-DISK' });
  return new HostError(`cannot fetch from the git repository ${url}`, { code: 'QB-GIT', hint: said, retryable: true });
}

/** The directory of a repository on this machine that holds its objects, whichever work tree was named. */
export async function commonDirectory(repository: string, signal: AbortSignal): Promise<string> {
  const result = await gitTool(repository, ['rev-parse', '--git-common-dir'], { signal });
  if (result.exitCode !== 0) throw new UserError(`${repository} is not a git repository`, { code: 'QB-REVISION' });
  return path.resolve(repository, result.stdout.trim());
}

export interface RangeCommit {
  readonly commit: string;
  readonly parents: readonly string[];
  readonly subject: string;
}

/** The commits that one commit has and another hasn't, each after those that it comes from; `from` itself goes first. */
export async function listRange(
  repository: string,
  from: string,
  to: string,
  signal: AbortSignal,
): Promise<RangeCommit[]> {
  const base = await gitTool(repository, ['merge-base', from, to], { signal });
  const common = base.stdout.trim();
  if (common !== from) {
    throw new UserError(`${from} is not an ancestor of ${to}, so it need not have broken between them`, {
      code: 'QB-REVISION',
      hint: common === '' ? 'they have no history in common' : `begin at what they have in common: ${common}`,
    });
  }
  const format = '--format=%H%x00%P%x00%s';
  const read = async (...args: string[]): Promise<RangeCommit[]> => {
    const listed = await gitTool(repository, ['log', format, ...args, '--'], { signal });
    if (listed.exitCode !== 0) throw gitFailure(listed, `listing the commits of ${repository}`);
    return listed.stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [commit = '', parents = '', subject = ''] = line.split('\0');
        return { commit, parents: parents.split(' ').filter((parent) => parent !== ''), subject };
      });
  };
  return [...(await read('--max-count=1', from)), ...(await read('--topo-order', '--reverse', `${from}..${to}`))];
}
