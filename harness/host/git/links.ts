import { type GitPlace, mustGit } from './git.ts';

/** Fields that git ends with NUL. */
function records(output: string): string[] {
  return output.split('\0').filter((field) => field !== '');
}

/** Whether two trees differ in a symbolic link: one that came, went, or says something else. */
export async function changesLinks(place: GitPlace, from: string, to: string, signal: AbortSignal): Promise<boolean> {
  const args = ['diff-tree', '-r', '-z', '--no-renames', from, to];
  const output = await mustGit(place, args, 'comparing two git trees', { signal });
  // :OLDMODE NEWMODE OLD NEW STATUS, then the name.
  return records(output).some((field) => /^:(?:120000 \d{6}|\d{6} 120000) /.test(field));
}

/** All symbolic links of a tree. */
export async function treeLinks(
  place: GitPlace,
  tree: string,
  signal: AbortSignal,
): Promise<{ readonly path: string; readonly target: string }[]> {
  const listed = await mustGit(place, ['ls-tree', '-r', '-z', tree], 'listing a git tree', { signal });
  const links = records(listed).flatMap((record) => {
    const [, object, path] = /^120000 blob ([0-9a-f]+)\t(.*)$/s.exec(record) ?? [];
    return object === undefined || path === undefined ? [] : [{ object, path }];
  });
  const targets = await readObjects(
    place,
    links.map(({ object }) => object),
    signal,
  );
  return links.map(({ path, object }) => ({ path, target: targets.get(object) ?? '' }));
}

/** The text of objects, by their names. */
async function readObjects(
  place: GitPlace,
  objects: readonly string[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  if (objects.length === 0) return new Map();
  const unique = [...new Set(objects)];
  const options = { signal, input: `${unique.join('\n')}\n` };
  const bytes = Buffer.from(await mustGit(place, ['cat-file', '--batch'], 'reading symbolic links', options));
  const texts = new Map<string, string>();
  for (let at = 0; at < bytes.length; ) {
    const end = bytes.indexOf('\n', at);
    const [name = '', , size = '0'] = bytes.toString('utf8', at, end).split(' ');
    texts.set(name, bytes.toString('utf8', end + 1, end + 1 + Number(size)));
    at = end + 1 + Number(size) + 1;
  }
  return texts;
}
