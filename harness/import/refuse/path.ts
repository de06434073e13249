/** What a path may not be, each with how to say it. */
const rules: readonly { readonly refuses: (path: string) => boolean; readonly text: string }[] = [
  { refuses: (path) => path.startsWith('"'), text: 'a quoted path, which hides what it names' },
  // biome-ignore lint/suspicious/noControlCharactersInRegex: no path of a kernel holds one
  { refuses: (path) => /[\u0000-\u001f\u007f]/.test(path), text: 'a path with a control character' },
  { refuses: (path) => path.startsWith('/') || /^[A-Za-z]:[\\/]/.test(path), text: 'an absolute path' },
  { refuses: (path) => path.split('/').includes('..'), text: 'a path with "..", which leaves the tree' },
  { refuses: (path) => path.includes('\\'), text: 'a path with a backslash, which is another path elsewhere' },
  { refuses: (path) => path.split('/').some(isGit), text: "a path into git's own directory" },
  { refuses: (path) => path.split('/').some((part) => part === '' || part === '.'), text: 'a path with an empty part' },
];

/** `.git` in all forms that some file system takes for it. */
function isGit(part: string): boolean {
  const plain = Buffer.from(part, 'latin1')
    .toString('utf8')
    .replace(/[\u200b-\u200f\u202a-\u202e\u206a-\u206f\ufeff]/g, '');
  return /^(?:\.git|git~\d+)[. ]*(?::.*)?$/i.test(plain);
}

/** Why a path of a diff is refused; undefined where nothing is wrong with it. */
export function refusedPath(path: string): string | undefined {
  return rules.find(({ refuses }) => refuses(path))?.text;
}

/** Where a link leads, as a path of the tree; undefined where it leaves the tree. */
export function linkTarget(link: string, target: string): string | undefined {
  if (target.startsWith('/') || target.includes('\\')) return undefined;
  const parts = link.split('/').slice(0, -1);
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return undefined;
  }
  return parts.join('/');
}
