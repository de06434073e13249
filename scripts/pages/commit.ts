/** What a page shows of a commit. Texts are as git has them, decoded. */
export interface ShownCommit {
  readonly id: string;
  readonly parent: string;
  readonly name: string;
  readonly email: string;
  /** RFC 2822. */
  readonly date: string;
  readonly title: string;
  readonly body: string;
  /** With full blob ids. */
  readonly diff: string;
  /** Paths that the diff touches, in its order. */
  readonly files: readonly string[];
}

/** A way in which people meet a patch outside of a mail. */
export interface Layout {
  readonly name: string;
  readonly render: (commit: ShownCommit) => string;
}

export function escapeHtml(text: string): string {
  return text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;').replace(/"/g, '&quot;');
}

/** Tabs as a terminal or gitweb shows them: the marker of a diff counts as a column. */
export function untabify(line: string): string {
  let out = '';
  for (const char of line) out += char === '\t' ? ' '.repeat(8 - (out.length % 8)) : char;
  return out;
}

export function linesOf(text: string): string[] {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

/** A diff with blob ids of seven digits, as most pages show them. */
export function shortIds(diff: string): string {
  return diff.replace(/^index ([0-9a-f]{12})[0-9a-f]*\.\.([0-9a-f]{12})[0-9a-f]*/gm, 'index $1..$2');
}

/** `ann at example.org`, and other spellings that keep robots away. */
export function hideAddresses(text: string, at: string, dot = '.'): string {
  return text.replace(/([-+,.\w]+)@([-+.\w]+)/g, (_, name: string, host: string) => {
    return `${name}${at}${host.replaceAll('.', dot)}`;
  });
}

/** The lines that `git format-patch` writes below `---`. */
export function statOf({ diff, files }: ShownCommit): string {
  const added = linesOf(diff).filter((line) => line.startsWith('+') && !line.startsWith('+++')).length;
  return `${files.map((file) => ` ${file} | 2 +-\n`).join('')} ${files.length} file${files.length === 1 ? '' : 's'} changed, ${added} insertions(+)\n`;
}
