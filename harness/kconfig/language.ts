/** A condition and where it stands. */
export interface Condition {
  readonly expression: string;
  readonly file: string;
  readonly line: number;
}

/** One `config` block of the tree. A symbol may have several. */
export interface Definition {
  readonly symbol: string;
  readonly file: string;
  readonly line: number;
  /** Its own `depends on` lines and those of the `if`, `menu` and `choice` blocks around it: all must hold. */
  readonly depends: readonly Condition[];
  /** A condition for each prompt; an unconditional prompt has the expression `y`. Empty: it can't be set by hand. */
  readonly prompts: readonly Condition[];
  readonly selects: readonly { readonly symbol: string; readonly condition: string }[];
  readonly ranges: readonly { readonly low: string; readonly high: string; readonly condition: string }[];
  /** The choice that it is a member of, if any: equal for the members of one choice. */
  readonly choice: string | undefined;
}

export interface KconfigFile {
  readonly definitions: readonly Definition[];
  /** Files that it includes, as written: `arch/$(SRCARCH)/Kconfig`, and the conditions around the line. */
  readonly sources: readonly { readonly path: string; readonly depends: readonly Condition[] }[];
}

interface Block {
  readonly kind: 'if' | 'menu' | 'choice';
  readonly id: string;
  readonly depends: Condition[];
}

type Open = { -readonly [Key in keyof Definition]: Definition[Key] } & {
  depends: Condition[];
  prompts: Condition[];
  selects: Definition['selects'][number][];
  ranges: Definition['ranges'][number][];
};

/** Splits `rest if condition`. */
function splitIf(text: string): { rest: string; condition: string } {
  const match = /^(.*?)(?:^|\s)if\s+(.*)$/.exec(text);
  return { rest: (match?.[1] ?? text).trim(), condition: match?.[2]?.trim() ?? 'y' };
}

/** Lines with continuations joined and help texts left out; each with its number. */
function statements(text: string): { text: string; line: number }[] {
  const found: { text: string; line: number }[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    let joined = lines[at] ?? '';
    while (joined.endsWith('\\') && at + 1 < lines.length) joined = joined.slice(0, -1) + (lines[++at] ?? '');
    const trimmed = joined.trim();
    if (/^(help|---help---)$/.test(trimmed)) at = endOfHelp(lines, at + 1) - 1;
    else if (trimmed !== '' && !trimmed.startsWith('#')) found.push({ text: trimmed, line });
  }
  return found;
}

/** A help text goes on for as long as its lines are indented as far as its first one. */
function endOfHelp(lines: readonly string[], start: number): number {
  let indent: number | undefined;
  for (let at = start; at < lines.length; at += 1) {
    const line = (lines[at] ?? '').replaceAll('\t', '        ');
    if (line.trim() === '') continue;
    const own = line.length - line.trimStart().length;
    indent ??= own;
    if (own === 0 || own < indent) return at;
  }
  return lines.length;
}

/**
 * Reads one file of the Kconfig language, as far as is needed to say why an option was not granted. Macros and
 * defaults are passed over.
 *
 * @param around conditions of the place where the file is included
 */
export function parseKconfig(text: string, file: string, around: readonly Condition[] = []): KconfigFile {
  const definitions: Open[] = [];
  const sources: KconfigFile['sources'][number][] = [];
  const blocks: Block[] = [];
  /** What a `depends on` line belongs to. */
  let current: Open | Block | undefined;
  let choices = 0;

  const enclosing = (): Condition[] => [...around, ...blocks.flatMap((block) => block.depends)];
  const begin = (kind: Block['kind'], depends: Condition[]): void => {
    const block = { kind, id: `${file}#${++choices}`, depends };
    blocks.push(block);
    current = block;
  };

  for (const { text: statement, line } of statements(text)) {
    const [word = '', ...words] = statement.split(/\s+/);
    const rest = words.join(' ');
    const condition = (expression: string): Condition => ({ expression, file, line });
    const option = current !== undefined && 'symbol' in current ? current : undefined;
    switch (word) {
      case 'config':
      case 'menuconfig': {
        const choice = blocks.findLast((block) => block.kind === 'choice')?.id;
        current = { symbol: rest, file, line, depends: [], prompts: [], selects: [], ranges: [], choice };
        current.depends.push(...enclosing());
        definitions.push(current);
        break;
      }
      case 'if':
        begin('if', [condition(rest)]);
        break;
      case 'menu':
      case 'choice':
        begin(word, []);
        break;
      case 'endif':
      case 'endmenu':
      case 'endchoice':
        blocks.pop();
        current = undefined;
        break;
      case 'comment':
        current = undefined;
        break;
      case 'source':
        sources.push({ path: rest.replaceAll('"', ''), depends: enclosing() });
        current = undefined;
        break;
      case 'depends':
        current?.depends.push(condition(rest.replace(/^on\s+/, '')));
        break;
      case 'prompt':
      case 'bool':
      case 'tristate':
      case 'string':
      case 'int':
      case 'hex': {
        const split = splitIf(rest.replace(/"(?:[^"\\]|\\.)*"|'[^']*'/, '""'));
        if (split.rest.startsWith('""')) option?.prompts.push(condition(split.condition));
        break;
      }
      case 'select': {
        const split = splitIf(rest);
        option?.selects.push({ symbol: split.rest, condition: split.condition });
        break;
      }
      case 'range': {
        const split = splitIf(rest);
        const [low = '', high = ''] = split.rest.split(/\s+/);
        option?.ranges.push({ low, high, condition: split.condition });
        break;
      }
    }
  }
  return { definitions, sources };
}
