import path from 'node:path';
import { writeFileAtomic } from '../../host/files/write.ts';
import { gitTool, mustGit, runGit } from '../../host/git/git.ts';
import { type Context, type Series, UserError } from '../../model/index.ts';

/** Two commits of one repository: what the first one changed since the second is taken back. */
export interface Revert {
  readonly repository: string;
  readonly commit: string;
  readonly parent: string;
  /** What is reverted, in a word. */
  readonly name: string;
  /** The commit on top of which it is reverted, in a repository that we may write to: what stands around it may differ then. */
  readonly tip?: string;
}

/**
 * The series with what a commit changed taken back on top of a point; opening its work tree throws UserError where that
 * does not apply.
 *
 * @param directory that the diff is kept in; absolute
 */
export async function withRevert(
  series: Series,
  point: number,
  revert: Revert,
  directory: string,
  { signal }: Context,
): Promise<Series> {
  if (series.variant !== undefined) {
    throw new UserError(`the series lacks the fix ${series.variant.name} already`);
  }
  const { repository, commit, parent, name, tip } = revert;
  const [from, to] = tip === undefined ? [commit, parent] : [tip, await merged({ ...revert, tip }, signal)];
  const words = ['diff', '--binary', '--full-index', '--no-renames', '--no-ext-diff', '--no-textconv', from, to];
  // A user's repository may have its history beside a work tree.
  const read = await gitTool(repository, words, { signal });
  if (read.exitCode !== 0) throw new UserError(`git cannot tell what ${name} changes: ${read.stderr.trim()}`);
  const file = path.join(directory, 'revert.diff');
  // The last line end is not in what a process printed.
  await writeFileAtomic(file, `${read.stdout}\n`);
  return { ...series, variant: { name: `the revert of ${name}`, from: point, patch: file } };
}

/** The tree of the tip with the commit taken back, as git merges: a side that has it less, from where both had it. */
async function merged(
  { repository, commit, parent, name, tip }: Revert & { readonly tip: string },
  signal: AbortSignal,
): Promise<string> {
  const env = {
    GIT_AUTHOR_NAME: 'quiltboot',
    GIT_AUTHOR_EMAIL: 'quiltboot@localhost',
    GIT_AUTHOR_DATE: '@0 +0000',
    GIT_COMMITTER_NAME: 'quiltboot',
    GIT_COMMITTER_EMAIL: 'quiltboot@localhost',
    GIT_COMMITTER_DATE: '@0 +0000',
  };
  const made = ['commit-tree', '-p', commit, '-m', `revert ${name}`, `${parent}^{tree}`];
  const side = (await mustGit({ repository }, made, `reverting ${name}`, { signal, env })).trim();
  const merge = await runGit({ repository }, ['merge-tree', '--write-tree', '--name-only', tip, side], { signal });
  const [tree = '', ...others] = merge.stdout.split('\n');
  if (merge.exitCode === 0 && /^[0-9a-f]{40,64}$/.test(tree)) return tree;
  // After the tree come the files that both changed in one place, up to an empty line.
  const files = others.slice(0, Math.max(0, others.indexOf('')));
  throw new UserError(
    files.length > 0 ? `later patches change the same lines of ${files.join(', ')}` : 'git can’t merge it',
  );
}
