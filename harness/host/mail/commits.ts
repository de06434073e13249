import { execa } from 'execa';
import { HostError, InterruptedError } from '../../model/index.ts';
import { gitTool, shieldedGit } from '../git/git.ts';

/** A commit as git shows it; texts have one character for each byte. */
export interface RawCommit {
  readonly id: string;
  readonly name: string;
  readonly email: string;
  /** RFC 2822. */
  readonly date: string;
  readonly title: string;
  readonly body: string;
  readonly diff: string;
}

const form = ['--pretty=format:%x00%H%n%an%n%ae%n%aD%n%s%n%b%x00'];
/** Nothing that a user or a tree configures may change the bytes of a diff. */
const exact = [
  '--patch',
  '--binary',
  '--full-index',
  '--no-color',
  '--no-ext-diff',
  '--no-textconv',
  '--src-prefix=a/',
  '--dst-prefix=b/',
  '--no-notes',
  '--no-show-signature',
  '--no-mailmap',
  '--unified=3',
  '--inter-hunk-context=0',
  '--diff-algorithm=default',
];

/** The commits of a range. */
export interface ListedCommits {
  /** Without the merges. */
  readonly ids: readonly string[];
  /** The parents of each merge. */
  readonly merges: ReadonlyMap<string, readonly string[]>;
  /** All of them, in one order. */
  readonly order: readonly string[];
  readonly failure?: string;
}

/**
 * The commits of a range, oldest first: in the order of `git format-patch`, but never before a parent,
 * which a wrong clock can bring about there.
 *
 * @param range words for `git rev-list`
 */
export async function listCommits(
  repository: string,
  range: readonly string[],
  signal: AbortSignal,
): Promise<ListedCommits> {
  const result = await gitTool(repository, ['rev-list', '--reverse', '--parents', ...range, '--'], { signal });
  if (result.exitCode !== 0) return { ids: [], merges: new Map(), order: [], failure: result.stderr };
  const parents = new Map<string, readonly string[]>();
  for (const line of result.stdout.split('\n')) {
    const [id = '', ...above] = line.split(' ');
    if (id !== '') parents.set(id, above);
  }
  const order = parentsFirst(parents);
  const merges = new Map(
    order.flatMap((id): [string, readonly string[]][] => {
      const above = parents.get(id) ?? [];
      return above.length > 1 ? [[id, above]] : [];
    }),
  );
  return { ids: order.filter((id) => !merges.has(id)), merges, order };
}

function parentsFirst(parents: ReadonlyMap<string, readonly string[]>): string[] {
  const out = new Set<string>();
  for (const first of parents.keys()) {
    const open = [first];
    for (let id = open.at(-1); id !== undefined; id = open.at(-1)) {
      const above = out.has(id) ? [] : (parents.get(id) ?? []).filter((one) => parents.has(one) && !out.has(one));
      if (above.length > 0) open.push(...above);
      else {
        out.add(id);
        open.pop();
      }
    }
  }
  return [...out];
}

/** Maps the pack in pieces: the largest repositories would be counted as this program's memory otherwise. */
const pieces = ['-c', 'core.packedGitWindowSize=32m', '-c', 'core.packedGitLimit=192m'];

/**
 * Reads commits one after the other, so that a long range is never in memory as a whole. The newest one first is the
 * cheapest order, for a pack holds older versions of a file as differences to the newer one.
 *
 * @param more further words for `git log`, and its environment
 */
export async function* readCommits(
  repository: string,
  ids: readonly string[],
  signal: AbortSignal,
  more: { readonly words: readonly string[]; readonly env: Readonly<Record<string, string>> } = { words: [], env: {} },
): AsyncGenerator<RawCommit> {
  if (ids.length === 0) return;
  const words = [...pieces, 'log', '--no-walk=unsorted', '--stdin', ...form, ...exact, ...more.words];
  const { argv, env } = shieldedGit(repository, words);
  const [command, ...args] = argv;
  const child = execa(command, args, {
    cwd: repository,
    env: { ...env, ...more.env },
    input: `${ids.join('\n')}\n`,
    buffer: { stdout: false, stderr: true },
    encoding: 'buffer',
    reject: false,
    cancelSignal: signal,
  });
  let count = 0;
  let head: string | undefined;
  let diff: string | undefined;
  for await (const token of tokens(child.stdout as AsyncIterable<Buffer>)) {
    if (head !== undefined && diff === undefined) diff = token;
    else if (token.startsWith(`${ids[count] ?? 'no more'}\n`)) {
      // git parts two commits with an empty line.
      if (head !== undefined) yield asCommit(head, (diff ?? '').replace(/\n$/, ''));
      head = token;
      diff = undefined;
      count++;
    } // A NUL within a diff begins no commit.
    else if (head !== undefined) diff = `${diff ?? ''}\0${token}`;
  }
  if (head !== undefined) yield asCommit(head, diff ?? '');
  const result = await child;
  if (signal.aborted) throw new InterruptedError();
  if (result.exitCode !== 0 || count < ids.length)
    throw new HostError(`reading the commits of ${repository} failed: ${count} of ${ids.length} came`, {
      hint: Buffer.from(result.stderr).toString('utf8').trim(),
    });
}

/** What stands between NULs, one character for each byte. */
async function* tokens(chunks: AsyncIterable<Buffer>): AsyncGenerator<string> {
  let parts: string[] = [];
  for await (const chunk of chunks) {
    const pieces = chunk.toString('latin1').split('\0');
    for (const [index, piece] of pieces.entries()) {
      if (index > 0) {
        yield parts.join('');
        parts = [];
      }
      parts.push(piece);
    }
  }
  yield parts.join('');
}

function asCommit(head: string, after: string): RawCommit {
  const [id = '', name = '', email = '', date = '', title = '', ...body] = head.split('\n');
  return { id, name, email, date, title, body: body.join('\n'), diff: after.replace(/^\n/, '') };
}
