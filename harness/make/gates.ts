import path from 'node:path';

/** What has to be so before kbuild compiles a file. */
export interface Gate {
  /** Without `CONFIG_`. */
  readonly symbol: string;
  /** The makefile that says it. */
  readonly file: string;
  readonly line: number;
  /** The option has to be off. */
  readonly negated?: true;
}

/** Resolves with the text of a file of the tree, or undefined when there is none. */
export type ReadTree = (file: string) => Promise<string | undefined>;

interface Assignment {
  /** `obj`, `lib`, or the name of a composite object. */
  readonly name: string;
  readonly gates: readonly Gate[];
  readonly words: readonly string[];
}

const sources = /\.(?:c|S|rs|dts|dtso|asn1|l|y|lex\.c|tab\.c)$/;

/** Names whose lists make things parts of the kernel, or are made with it. */
const collecting = new Set([
  'obj',
  'lib',
  'extra',
  'head',
  'core',
  'drivers',
  'net',
  'libs',
  'always',
  'dtb',
  'targets',
]);

function conditionOf(text: string, file: string, line: number): Gate | undefined {
  const equal = /^if(n?)eq\s*\(\s*\$\(CONFIG_(\w+)\)\s*,\s*(y|m|)\s*\)/.exec(text);
  if (equal) {
    const off = (equal[1] === 'n') !== (equal[3] === '');
    return { symbol: equal[2] ?? '', file, line, ...(off && { negated: true }) };
  }
  const defined = /^if(n?)def\s+CONFIG_(\w+)/.exec(text);
  return defined ? { symbol: defined[2] ?? '', file, line, ...(defined[1] === 'n' && { negated: true }) } : undefined;
}

function opposite(gate: Gate | undefined): Gate | undefined {
  if (!gate) return undefined;
  const { negated, ...rest } = gate;
  return negated ? rest : { ...rest, negated: true };
}

/** The assignments of a makefile, each with the conditions around it. */
function assignments(text: string, file: string): Assignment[] {
  const found: Assignment[] = [];
  const around: (Gate | undefined)[] = [];
  const lines = text.split('\n');
  for (let at = 0; at < lines.length; at += 1) {
    const line = at + 1;
    let joined = lines[at] ?? '';
    while (joined.endsWith('\\') && at + 1 < lines.length) joined = joined.slice(0, -1) + (lines[++at] ?? '');
    const statement = joined.replace(/#.*/, '').trim();
    if (/^if(?:n?eq|n?def)\b/.test(statement)) around.push(conditionOf(statement, file, line));
    else if (/^else\b/.test(statement)) around.push(opposite(around.pop()));
    else if (/^endif\b/.test(statement)) around.pop();
    const match = /^([\w.-]+?)-(?:(y|m|objs)|\$\(CONFIG_(\w+)\))\s*[:+?]?=\s*(.*)$/.exec(statement);
    if (!match) continue;
    const own = match[3] === undefined ? [] : [{ symbol: match[3], file, line }];
    const gates = [...around.filter((gate) => gate !== undefined), ...own];
    found.push({ name: match[1] ?? '', gates, words: (match[4] ?? '').split(/\s+/) });
  }
  return found;
}

async function makefileOf(directory: string, read: ReadTree): Promise<Assignment[]> {
  for (const name of ['Kbuild', 'Makefile']) {
    const file = path.join(directory, name);
    const text = await read(file);
    if (text !== undefined) return assignments(text, file);
  }
  return [];
}

/** The ways by which a directory is entered: each a list of what has to be so. The makefiles of the top need not be asked. */
async function waysInto(directory: string, read: ReadTree): Promise<readonly (readonly Gate[])[]> {
  let at = directory;
  let below = '';
  while (at !== '.' && at.includes('/')) {
    below = path.posix.join(path.basename(at), below);
    at = path.dirname(at);
    const named = (await makefileOf(at, read)).filter(
      ({ name, words }) => collecting.has(name) && words.some((word) => word.replace(/\/$/, '') === below),
    );
    if (named.length === 0) continue;
    const above = await waysInto(at, read);
    return named.flatMap(({ gates }) => above.map((more) => [...more, ...gates]));
  }
  return [[]];
}

async function waysTo(
  object: string,
  directory: string,
  read: ReadTree,
  seen: ReadonlySet<string>,
): Promise<readonly (readonly Gate[])[]> {
  if (seen.has(object)) return [];
  const ways: (readonly Gate[])[] = [];
  // A directory above may name the object with the way to it.
  for (let at = directory, name = object; ; name = path.join(path.basename(at), name), at = path.dirname(at)) {
    for (const { name: list, gates, words } of await makefileOf(at, read)) {
      if (!words.includes(name)) continue;
      const wholes = collecting.has(list)
        ? await waysInto(at, read)
        : await waysTo(`${list}.o`, at, read, new Set([...seen, object]));
      ways.push(...wholes.map((whole) => [...whole, ...gates]));
    }
    if (ways.length > 0 || at === '.' || !at.includes('/')) return ways;
  }
}

/**
 * What has to be so before kbuild compiles a file: one list for each way by which the makefiles lead to it. None for a file
 * that no makefile names; undefined for one that is not compiled by itself.
 */
export async function gatesOf(file: string, read: ReadTree): Promise<readonly (readonly Gate[])[] | undefined> {
  if (!sources.test(file)) return undefined;
  const object = path.basename(file).replace(sources, file.includes('.dts') ? '.dtb' : '.o');
  return waysTo(object, path.dirname(file), read, new Set());
}
