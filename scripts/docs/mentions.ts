/** What documents and comments say of files and commands, and where. */
export interface Mention {
  readonly file: string;
  readonly line: number;
  readonly text: string;
}

const top = 'harness|tests|scripts|docs|patches|kconfig|images|\\.ci';
/** A path below one of the top folders, with a slash; as far as it is written out. */
const pathWord = new RegExp(`(?<![\\w./-])(?:${top})/[\\w.@*{},/-]*[\\w*}/]`, 'g');
/** Words in capitals and `mine` stand for a name of the reader's; a shell variable and `…` for anything. */
const placeholder = /(?:^|\/)(?:[A-Z][A-Z0-9_]*|mine)(?:[./]|$)|\.\.\.|…/;

/** Lines of the text as [number from 1, line]. */
function linesOf(text: string): readonly (readonly [number, string])[] {
  return text.split('\n').map((line, index) => [index + 1, line] as const);
}

const comment = /^\s*(?:\/\/|\/?\*|#)|\s\/\/\s|\s\/\*/;

/** Paths of the project that a document, or the comments of a source file, name. */
export function pathsIn(file: string, text: string): Mention[] {
  const isDocument = /\.(?:md|rst)$/.test(file);
  return linesOf(text)
    .filter(([, line]) => isDocument || comment.test(line))
    .flatMap(([line, content]) =>
      [...content.matchAll(pathWord)]
        .map(([word]) => word.replace(/[.,]$/, ''))
        .filter((word) => !placeholder.test(word))
        .map((word) => ({ file, line, text: word })),
    );
}

/** Words of a command line without comments, with `'…'` and `"…"` kept together. */
export function wordsOf(line: string): string[] {
  const words = line.match(/(?:[^\s'"#]|'[^']*'|"[^"]*"|(?<=\S)#)+/g) ?? [];
  const end = /(?:^|\s)#\s/.exec(line);
  const kept = end ? (line.slice(0, end.index).match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []) : words;
  return kept.map((word) =>
    word.replaceAll(/'([^']*)'|"([^"]*)"/g, (_, one?: string, two?: string) => one ?? two ?? ''),
  );
}

/** Command lines in the ```sh blocks of a document, and `quiltboot …` between backticks. */
export function commandsIn(file: string, text: string): Mention[] {
  const mentions: Mention[] = [];
  let shell = false;
  let carried: { line: number; text: string } | undefined;
  for (const [line, content] of linesOf(text)) {
    if (/^\s*```/.test(content)) {
      shell = /^\s*```(?:sh|bash|console)\s*$/.test(content);
      continue;
    }
    if (shell) {
      const whole = carried ? `${carried.text} ${content.trim()}` : content.trim();
      const at = carried?.line ?? line;
      carried = whole.endsWith('\\') ? { line: at, text: whole.slice(0, -1).trim() } : undefined;
      if (!carried) mentions.push({ file, line: at, text: whole });
    } else {
      for (const [, words = ''] of content.matchAll(/`(quiltboot [^`]+)`/g)) mentions.push({ file, line, text: words });
    }
  }
  return mentions.flatMap(({ text: words, ...place }) =>
    words
      .split(/\s(?:\|\||&&|\||;)\s/)
      .map((one) => one.replace(/^(?:\$ )?(?:[A-Z_]+=(?:'[^']*'|"[^"]*"|\S*) )*/, '').replace(/\s[<>]\s?\S+/g, ''))
      .filter((one) => /^(?:quiltboot|npm|npx) /.test(one) && !/[…|]|\.\.\.(?:\s|$)/.test(one))
      .map((one) => ({ ...place, text: one.trim() })),
  );
}
