import { type MailMessage, PatchedTree, readSource, recover, toBytes } from '../../harness/import/index.ts';
import { parseSubject } from '../../harness/import/mail/subject.ts';
import type { Layout, ShownCommit } from './commit.ts';

/** How a page of a commit came out. */
export interface Judgement {
  readonly layout: string;
  readonly id: string;
  /** `told`: not all of it, but a problem says so. `wrong`: another patch than the commit, and nothing said. */
  readonly verdict: 'exact' | 'told' | 'wrong';
  readonly why: string;
}

/** Reads the page of a commit and compares what comes out with the commit's own diff. */
export async function judgeLayout(
  { name: layout, render }: Layout,
  commit: ShownCommit,
  tree: PatchedTree | undefined,
): Promise<Judgement> {
  const judged = (verdict: Judgement['verdict'], why: string): Judgement => ({ layout, id: commit.id, verdict, why });
  const page = toBytes(render(commit));
  const found = readSource('page', page).filter(({ diff }) => diff.length > 0);
  const [message] = found;
  if (message === undefined || found.length > 1) return judged('wrong', `${found.length} patches on the page`);
  const { diff, whole, problems, notes } = await recover(message, tree);
  const [expected, got] = [essence(toBytes(commit.diff)), essence(diff)];
  if (expected === got && whole) {
    const head = headFault(message, commit, layout);
    return head === undefined ? judged('exact', '') : judged('wrong', head);
  }
  const said = [...problems, ...(tree === undefined ? notes : [])].map(({ line, text }) => `${line}: ${text}`);
  const first = firstDifference(expected, got);
  return judged(!whole || said.length > 0 ? 'told' : 'wrong', `${first}; ${said.slice(0, 3).join('; ')}`);
}

function headFault(
  { subject, author }: MailMessage,
  { title, name, email }: ShownCommit,
  layout: string,
): string | undefined {
  if (subject.title !== title && subject.title !== parseSubject(title).title)
    return `title "${subject.title}" for "${title}"`;
  if (author?.name !== name) return `author "${author?.name ?? ''}" for "${name}"`;
  // A page that shows no address can only have the one of the first who signed.
  if (layout !== 'lkml' && author.email !== email) return `address "${author.email}" for "${email}"`;
  return undefined;
}

/** The lines of a diff that matter: its paths, modes and hunks. */
function essence(diff: string): string {
  return (
    diff
      .split('\n')
      .filter((line) => !/^(?:diff |index |similarity |dissimilarity )/.test(line))
      // What stands after the numbers of a hunk is for people.
      .map((line) => line.replace(/^(@@ [^@]* @@).*/, '$1'))
      .join('\n')
  );
}

function firstDifference(expected: string, got: string): string {
  const [one, other] = [expected.split('\n'), got.split('\n')];
  const at = one.findIndex((line, index) => line !== other[index]);
  return `line ${at + 1} is ${JSON.stringify(other[at] ?? 'missing')} for ${JSON.stringify(one[at] ?? 'nothing')}`;
}

/** A tree that reads its files with a function; undefined where there is none. */
export function treeOf(read: (path: string) => Promise<string | undefined>): PatchedTree {
  return new PatchedTree({ lines: async (path) => (await read(path))?.split('\n') });
}
