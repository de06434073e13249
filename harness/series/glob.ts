/** Whether a path holds a wildcard, and thus names any number of files. */
export function isGlob(path: string): boolean {
  return /[*?{]/.test(path);
}

/** The directory below which everything lies that a glob can match. */
export function globRoot(glob: string): string {
  const parts = glob.split('/');
  const first = parts.findIndex(isGlob);
  return parts.slice(0, first < 0 ? -1 : first).join('/') || '/';
}

/** Makes a matcher of whole paths: `*` and `?` stay within a directory, `**` crosses them, `{a,b}` is a choice. */
export function compileGlob(glob: string): (path: string) => boolean {
  const source = glob.replace(
    /\*\*\/|\*\*|\*|\?|\{([^{}]*)\}|[.+^$()|[\]\\{}]/g,
    (token, choice: string | undefined) => {
      if (choice !== undefined) return `(?:${choice.split(',').map(escapeText).join('|')})`;
      if (token === '**/') return '(?:[^/]+/)*';
      if (token === '**') return '.*';
      if (token === '*') return '[^/]*';
      return token === '?' ? '[^/]' : `\\${token}`;
    },
  );
  const pattern = new RegExp(`^${source}$`);
  return (path) => pattern.test(path);
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^$()|[\]\\{}]/g, '\\$&');
}
