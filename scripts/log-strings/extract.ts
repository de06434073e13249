/** Finds the format strings of a kernel source that announce trouble. */

/** How loud a message is, or what follows it. */
type Kind = 'panic' | 'warn' | 'die' | 'dump' | 'level';

export interface LogString {
  readonly line: number;
  /** The function or macro that prints it. */
  readonly call: string;
  readonly kind: Kind;
  /** As C has it, literals joined, macros in it left out. */
  readonly format: string;
}

/** Whatever does not name one of these has nothing to say here. */
const promising = /EMERG|ALERT|CRIT|emerg|alert|crit|dump_stack|show_regs|show_stack|panic|WARN|BUG|\bdie\b/;

const printers =
  /^(?:printk(?:_\w+)?|early_printk|pr_(?:emerg|alert|crit|err|error|warn|warning|notice|info|cont|devel|debug)(?:_\w+)?|prom_printf|eprintk|dprintk|xmon_printf)$/;
const loud = /(?:^|_)(?:emerg|alert|crit)(?:_(?:once|ratelimited|rl|limit\w*|tagged))?$/;
const level = /\bKERN_(?:EMERG|ALERT|CRIT)\b/;
/** Not calls of their own: declarations, definitions of the printers, attributes. */
const definition = /^\s*(?:#\s*define|extern|static|void|int|asmlinkage|__printf)\b/;

/** What a message may be the head of. */
const dumps: readonly (readonly [RegExp, Kind])[] = [
  [/^(?:panic|nmi_panic)$/, 'panic'],
  [/^(?:die|die_if_kernel|oops_end|bust_spinlocks)$/, 'die'],
  [/^(?:WARN|WARN_ON|WARN_ONCE|WARN_ON_ONCE|WARN_TAINT\w*|BUG|BUG_ON)$/, 'warn'],
  [
    /^(?:dump_stack(?:_lvl)?|show_regs|__show_regs|show_stack|show_trace|show_registers|print_(?:stack|trace)\w*)$/,
    'dump',
  ],
];
/** Characters after a message within which a dump counts as its own. */
const near = 320;

/** Takes comments out; line ends stay. */
function withoutComments(text: string): string {
  return text.replace(/\/\*[^]*?\*\/|\/\/[^\n]*|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*'/g, (piece) =>
    piece.startsWith('/') ? piece.replace(/[^\n]/g, ' ') : piece,
  );
}

/** The text between the parentheses that open at `at`; undefined where they do not close near. */
function argumentsAt(text: string, at: number): string | undefined {
  let depth = 0;
  for (let end = at; end < Math.min(text.length, at + 4000); end += 1) {
    const character = text[end];
    if (character === '"') {
      const literal = /^"(?:\\.|[^"\\\n])*"/.exec(text.slice(end, end + 2000));
      if (!literal) return undefined;
      end += literal[0].length - 1;
    } else if (character === '(') depth += 1;
    else if (character === ')') {
      depth -= 1;
      if (depth === 0) return text.slice(at + 1, end);
    }
  }
  return undefined;
}

/** The first literal of an argument list and those that follow it at once. */
function formatOf(list: string): string {
  const first = list.indexOf('"');
  if (first < 0) return '';
  const run = /^(?:"((?:\\.|[^"\\\n])*)"|[A-Za-z_]\w*|\s)+/.exec(list.slice(first));
  return [...(run?.[0] ?? '').matchAll(/"((?:\\.|[^"\\\n])*)"/g)].map((match) => match[1] ?? '').join('');
}

/** What the file puts in front of each `pr_…` message. */
function prefixOf(text: string, name: string): string {
  const line = /#\s*define\s+pr_fmt\(\s*\w+\s*\)([^\n]*(?:\\\n[^\n]*)*)/.exec(text)?.[1] ?? '';
  const before = line.split(/\bfmt\b|\bformat\b|\bf\b|\bx\b/)[0] ?? '';
  return [...before.matchAll(/"((?:\\.|[^"\\])*)"|\bKBUILD_(?:MODNAME|BASENAME)\b|\b__func__\b/g)]
    .map((match) => match[1] ?? name)
    .join('');
}

export function stringsOf(source: string, name: string): readonly LogString[] {
  if (!promising.test(source)) return [];
  const text = withoutComments(source);
  const prefix = prefixOf(text, name);
  const found: LogString[] = [];
  const calls = /\b([A-Za-z_]\w*)\s*\(/g;
  let line = 1;
  let counted = 0;
  /** Messages that a dump may still follow, and of those that are loud what they are without one. */
  let waiting: { readonly at: number; readonly loud: boolean; readonly entry: Omit<LogString, 'kind'> }[] = [];
  const expire = (all: typeof waiting): void => {
    for (const { loud: alarming, entry } of all) if (alarming) found.push({ ...entry, kind: 'level' });
  };
  for (const match of text.matchAll(calls)) {
    const call = match[1] ?? '';
    const kind = dumps.find(([pattern]) => pattern.test(call))?.[1];
    const prints = printers.test(call) || loud.test(call) || /(?:printk|_msg|_err|_error|_warn)$/.test(call);
    if (kind === undefined && !prints) continue;
    const { index } = match;
    const begin = text.lastIndexOf('\n', index) + 1;
    if (definition.test(text.slice(begin, index))) continue;
    line += text.slice(counted, index).split('\n').length - 1;
    counted = index;
    if (kind !== undefined) {
      // A function that ends in between has nothing to do with it.
      for (const each of waiting) {
        if (index - each.at < near && !/\n\}/.test(text.slice(each.at, index))) found.push({ ...each.entry, kind });
        else expire([each]);
      }
      waiting = [];
    }
    const list = argumentsAt(text, index + match[0].length - 1);
    if (list === undefined) continue;
    const own = formatOf(list);
    if (own.replace(/\\n|\s/g, '') === '') continue;
    const format = call.startsWith('pr_') ? prefix + own : own;
    if (kind === 'panic' || (kind === 'warn' && call.startsWith('WARN')) || kind === 'die')
      found.push({ line, call, kind, format });
    else if (prints) {
      const entry = { line, call, format };
      const alarming = loud.test(call) || level.test(list.slice(0, list.indexOf('"') + 1));
      waiting.push({ at: index, loud: alarming, entry });
      if (waiting.length > 3) expire(waiting.splice(0, 1));
    }
  }
  expire(waiting);
  return found;
}
