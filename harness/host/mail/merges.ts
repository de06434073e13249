import path from 'node:path';
import { withScratch } from '../files/scratch.ts';
import { type GitOptions, gitTool } from '../git/git.ts';
import { type RawCommit, readCommits } from './commits.ts';

/** A merge that holds something which none of its parents has and git does not make by itself. */
interface OwnChange {
  readonly commit: RawCommit;
  /** Files in which it resolves conflicts. Where there are none, its diff is a change on top of what git merges. */
  readonly conflicts: readonly string[];
}

export interface OwnChanges {
  readonly found: readonly OwnChange[];
  /** Merges of which git here can't tell it: before 2.35 any, before 2.38 those of more than two branches. */
  readonly unknown: readonly string[];
}

type Options = Required<Pick<GitOptions, 'signal'>> & { readonly env: Record<string, string> };

/**
 * Finds the merges that git would not make by itself: each is made again and compared. What git stores for that is gone
 * with the scratch directory, so that the repository stays as it is.
 *
 * @param merges with their parents, in an order in which none stands before a merge that it builds on
 */
export async function findOwnChanges(
  repository: string,
  merges: ReadonlyMap<string, readonly string[]>,
  signal: AbortSignal,
): Promise<OwnChanges> {
  if (merges.size === 0) return { found: [], unknown: [] };
  const { exitCode } = await gitTool(repository, ['log', '-0', '--remerge-diff'], { signal });
  if (exitCode !== 0) return { found: [], unknown: [...merges.keys()] };
  const objects = await gitTool(repository, ['rev-parse', '--git-path', 'objects'], { signal });
  return withScratch({ purpose: 'merges' }, async (scratch) => {
    const env = {
      GIT_OBJECT_DIRECTORY: scratch,
      GIT_ALTERNATE_OBJECT_DIRECTORIES: path.resolve(repository, objects.stdout.trim()),
    };
    const unknown: string[] = [];
    // Another commit may stand for a merge.
    const ofTwo = new Map<string, string>();
    for (const [id, parents] of merges) {
      const made = parents.length === 2 ? id : await twoByTwo(repository, id, parents, { signal, env });
      if (made === undefined) unknown.push(id);
      else ofTwo.set(made, id);
    }
    const found: OwnChange[] = [];
    // git forgets the parents of a commit that it has shown, and then finds no base of a merge above it: newest first.
    const ids = [...ofTwo.keys()].reverse();
    for await (const commit of readCommits(repository, ids, signal, { words: ['--remerge-diff'], env })) {
      const id = ofTwo.get(commit.id) ?? commit.id;
      if (commit.diff !== '') found.push({ commit: { ...commit, id }, conflicts: conflictsOf(commit.diff) });
    }
    return { found: found.reverse(), unknown };
  });
}

/** A merge of more than two branches as one of two, of which the first one has merged all but the last. */
async function twoByTwo(
  repository: string,
  id: string,
  parents: readonly string[],
  { signal, env }: Options,
): Promise<string | undefined> {
  const format = '--format=%an%x00%ae%x00%aD%x00%B';
  const shown = await gitTool(repository, ['show', '-s', format, id], { signal });
  const [name = '', email = '', date = '', ...message] = shown.stdout.split('\0');
  const names = { GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date };
  const committer = { GIT_COMMITTER_NAME: 'quiltboot', GIT_COMMITTER_EMAIL: 'quiltboot@localhost' };
  const ask = async (...words: string[]): Promise<string | undefined> => {
    const options = { signal, env: { ...env, ...names, ...committer }, input: message.join('\0') };
    const result = await gitTool(repository, words, options);
    return result.exitCode === 0 ? result.stdout.trim() : undefined;
  };
  let first = parents[0] ?? '';
  for (const other of parents.slice(1, -1)) {
    const tree = await ask('merge-tree', '--write-tree', first, other);
    const made = tree === undefined ? undefined : await ask('commit-tree', tree, '-p', first, '-p', other);
    if (made === undefined) return undefined;
    first = made;
  }
  return ask('commit-tree', `${id}^{tree}`, '-p', first, '-p', parents.at(-1) ?? '');
}

/** The files of a diff in which the merge would have stopped. */
function conflictsOf(diff: string): string[] {
  return diff.split(/^(?=diff --git )/m).flatMap((file) => {
    const [head = ''] = file.split(/^@@/m);
    return /^remerge /m.test(head) ? [/^diff --git .* b\/(.*)$/m.exec(head)?.[1] ?? 'a file'] : [];
  });
}
