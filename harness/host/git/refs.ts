import { mustGit } from './git.ts';
import { type Commit } from './patch.ts';

/** Commits of a repository's references below a prefix, by the rest of their names. */
export async function readRefs(repository: string, prefix: string, signal: AbortSignal): Promise<Map<string, Commit>> {
  const format = '--format=%(refname) %(objectname) %(tree)';
  const output = await mustGit({ repository }, ['for-each-ref', format, prefix], 'listing commits', { signal });
  const refs = new Map<string, Commit>();
  for (const line of output.split('\n')) {
    const [name, commit, tree] = line.split(' ');
    if (name?.startsWith(prefix) && commit !== undefined && tree !== undefined) {
      refs.set(name.slice(prefix.length), { commit, tree });
    }
  }
  return refs;
}

/** Sets references, all or none. */
export async function writeRefs(
  repository: string,
  prefix: string,
  refs: ReadonlyMap<string, string>,
  signal: AbortSignal,
): Promise<void> {
  if (refs.size === 0) return;
  const input = [...refs].map(([name, commit]) => `update ${prefix}${name} ${commit}\n`).join('');
  await mustGit({ repository }, ['update-ref', '--stdin'], 'recording commits', { signal, input });
}
