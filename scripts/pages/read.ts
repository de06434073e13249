import { gitTool } from '../../harness/host/git/git.ts';
import { listCommits, readCommits } from '../../harness/host/mail/commits.ts';
import { decodeText } from '../../harness/import/text/bytes.ts';
import type { ShownCommit } from './commit.ts';

/** Absolute: the git directory of a checkout, of one of its work trees, or a bare repository itself. */
export async function gitDirectoryOf(place: string): Promise<string> {
  const { signal } = new AbortController();
  const { exitCode, stdout, stderr } = await gitTool(place, ['rev-parse', '--absolute-git-dir'], { signal });
  if (exitCode !== 0) throw new Error(`${place} is no git repository: ${stderr.trim()}`);
  return stdout.trim();
}

/** The commits of a range whose diffs a page can show: text in UTF-8, no merges, nothing binary. */
export async function readShown(repository: string, range: string): Promise<ShownCommit[]> {
  const { signal } = new AbortController();
  const { ids, failure } = await listCommits(repository, [range], signal);
  if (failure !== undefined) throw new Error(failure);
  const out: ShownCommit[] = [];
  for await (const { id, name, email, date, title, body, diff } of readCommits(repository, ids, signal)) {
    if (diff === '' || diff.includes('GIT binary patch')) continue;
    const files = [...diff.matchAll(/^diff --git a\/.+? b\/(.+)$/gm)].map(([, file]) => file ?? '');
    const text = { name: decodeText(name), title: decodeText(title), body: decodeText(body), diff: decodeText(diff) };
    out.push({ id, parent: `${id}~1`, email, date, files, ...text });
  }
  return out;
}
