import { gitTool } from './git.ts';

/** Blob ids of files in commits, asked for all at once; undefined where a commit has no such file. */
export async function blobsIn(
  repository: string,
  commits: readonly string[],
  paths: readonly string[],
  signal: AbortSignal,
): Promise<(string | undefined)[][]> {
  // A path with a line feed would be two questions.
  const asked = commits.flatMap((commit) => paths.map((path) => `${commit}:${path.replace(/\n/g, '?')}`));
  const options = { signal, input: `${asked.join('\n')}\n` };
  const result = await gitTool(repository, ['cat-file', '--batch-check=%(objectname) %(objecttype)'], options);
  const answers = result.stdout.split('\n').map((line) => /^([0-9a-f]{40,64}) blob$/.exec(line)?.[1]);
  return commits.map((_, index) => answers.slice(index * paths.length, (index + 1) * paths.length));
}

/** The tags of a repository that name commits, newest first. */
export async function listTags(repository: string, signal: AbortSignal): Promise<string[]> {
  const form = ['--format=%(refname:short) %(objecttype) %(*objecttype)', '--sort=-creatordate'];
  const result = await gitTool(repository, ['for-each-ref', ...form, 'refs/tags'], { signal });
  return result.stdout.split('\n').flatMap((line) => (/ commit\s*$/.test(line) ? [line.split(' ')[0] ?? ''] : []));
}

/** The tags that were made next before and after a commit, so many each, the nearest first; its own are left out. */
export async function tagsAround(
  repository: string,
  commit: string,
  count: number,
  signal: AbortSignal,
): Promise<string[]> {
  const form =
    '--format=%(refname:short) %(creatordate:unix) %(objecttype) %(*objecttype) %(objectname) %(*objectname)';
  const listed = await gitTool(repository, ['for-each-ref', form, '--sort=creatordate', 'refs/tags'], { signal });
  const shown = await gitTool(repository, ['show', '--no-patch', '--format=%ct', commit], { signal });
  const time = Number(shown.stdout.trim());
  const tags = listed.stdout.split('\n').flatMap((line) => {
    const [name = '', made = ''] = line.split(' ');
    const other = / commit\b/.test(line) && !line.includes(commit);
    return other ? [{ name, far: Number(made) - time }] : [];
  });
  const before = tags.filter(({ far }) => far <= 0).slice(-count);
  const after = tags.filter(({ far }) => far > 0).slice(0, count);
  return [...before, ...after].toSorted((a, b) => Math.abs(a.far) - Math.abs(b.far)).map(({ name }) => name);
}

/** Stable patch ids of the newest commits of a history, with the commit of each. */
export async function patchIds(
  repository: string,
  commit: string,
  count: number,
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const log = await gitTool(repository, ['log', '-p', '--no-merges', `-n${count}`, '--full-index', commit, '--'], {
    signal,
  });
  const ids = new Map<string, string>();
  for (const kind of ['--stable', '--unstable']) {
    const result = await gitTool(repository, ['patch-id', kind], { signal, input: log.stdout });
    for (const line of result.stdout.split('\n')) {
      const [id, of] = line.split(' ');
      if (id !== undefined && of !== undefined) ids.set(id, of);
    }
  }
  return ids;
}

/** Whether a repository holds a commit. */
export async function hasCommit(repository: string, commit: string, signal: AbortSignal): Promise<boolean> {
  return (await gitTool(repository, ['cat-file', '-e', `${commit}^{commit}`], { signal })).exitCode === 0;
}
