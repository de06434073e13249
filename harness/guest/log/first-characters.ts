import { beginnings } from './literals.ts';

/** Characters with which a text may begin that an expression matches; undefined stands for all. */
type Characters = ReadonlySet<number> | undefined;

interface Head {
  readonly characters: Characters;
  /** It also matches nothing at all: what follows counts as well. */
  readonly empty: boolean;
}

const codesOf = (text: string): ReadonlySet<number> => new Set(Buffer.from(text, 'latin1'));
const blanks = codesOf(' \t\n\r\v\f');
const digits = codesOf('0123456789');
const letters = codesOf('abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789');
const classes: Readonly<Record<string, Characters>> = { s: blanks, d: digits, w: letters };

function union(one: Characters, other: Characters): Characters {
  return one && other ? new Set([...one, ...other]) : undefined;
}

/**
 * The characters with which a match can begin; undefined when it may be any. Knows the part of the language that the
 * tables use: groups, classes, alternatives and quantifiers of an expression that begins with `^`.
 */
export function firstCharacters({ source }: RegExp): Characters {
  let at = 0;

  const alternatives = (): Head => {
    let head = sequence();
    while (source[at] === '|') {
      at += 1;
      const next = sequence();
      head = { characters: union(head.characters, next.characters), empty: head.empty || next.empty };
    }
    return head;
  };
  const sequence = (): Head => {
    let characters: Characters = new Set();
    let open = true;
    while (at < source.length && source[at] !== '|' && source[at] !== ')') {
      const item = quantified(atom());
      if (!open) continue;
      characters = union(characters, item.characters);
      open = item.empty;
    }
    return { characters, empty: open };
  };
  const quantified = (item: Head): Head => {
    const match = /^(?:([?*])|\+|\{(\d+)[^}]*\})\??/.exec(source.slice(at));
    if (!match) return item;
    at += match[0].length;
    return match[1] !== undefined || match[2] === '0' ? { ...item, empty: true } : item;
  };
  const atom = (): Head => {
    const character = source[at] ?? '';
    at += 1;
    if (character === '^' || character === '$') return { characters: new Set(), empty: true };
    if (character === '(') return group();
    if (character === '[') return { characters: characterClass(), empty: false };
    if (character === '.') return { characters: undefined, empty: false };
    if (character !== '\\') return { characters: codesOf(character), empty: false };
    const escaped = source[at] ?? '';
    at += 1;
    if (escaped === 'b' || escaped === 'B') return { characters: new Set(), empty: true };
    if (/[a-zA-Z]/.test(escaped)) return { characters: classes[escaped], empty: false };
    return { characters: codesOf(escaped), empty: false };
  };
  const group = (): Head => {
    const kind = /^\?(?::|=|!|<=|<!|<\w+>)/.exec(source.slice(at))?.[0] ?? '';
    at += kind.length;
    const inside = alternatives();
    at += 1;
    return /[=!]$/.test(kind) ? { characters: new Set(), empty: true } : inside;
  };
  const characterClass = (): Characters => {
    const end = /^(?:\\.|[^\]\\])*\]/.exec(source.slice(at))?.[0] ?? ']';
    at += end.length;
    const inside = end.slice(0, -1);
    if (inside.startsWith('^')) return undefined;
    const expression = new RegExp(`[${inside}]`);
    return new Set(
      Array.from({ length: 128 }, (_, code) => code).filter((code) => expression.test(String.fromCharCode(code))),
    );
  };

  const { characters, empty } = alternatives();
  return empty ? undefined : characters;
}

/** Finds the first of many expressions that matches a text; only those are tried that can begin with its first character. */
export interface Matcher<Value> {
  find(text: string): Value | undefined;
  test(text: string): boolean;
}

/** An expression, what it stands for, and a text that each match holds: others are not tried. */
type Entry<Value> = readonly [RegExp, Value, (string | undefined)?];

/** Entries by the texts with which they can begin: a tree of characters. */
interface Node<Value> {
  /** The characters that may come next, and the nodes below them: so few that a table of them is searched fastest. */
  readonly codes: number[];
  readonly below: Node<Value>[];
  /** Indices of entries, in order, that a text which has come here may match. */
  list: readonly number[];
  entries: readonly Entry<Value>[];
}

function nodeOf<Value>(): Node<Value> {
  return { codes: [], below: [], list: [], entries: [] };
}

/** The row of all characters that are not ASCII, and of the empty text. */
const others = 128;

function nextNode<Value>({ codes, below }: Node<Value>, code: number): Node<Value> | undefined {
  for (let at = 0; at < codes.length; at += 1) if (codes[at] === code) return below[at];
  return undefined;
}

function grow<Value>(node: Node<Value>, code: number): Node<Value> {
  const made = nodeOf<Value>();
  node.codes.push(code);
  node.below.push(made);
  return made;
}

/** Puts an entry below each of its beginnings. */
function plant<Value>(root: Node<Value>, text: string, index: number): void {
  let node = root;
  for (const character of text) {
    node = nextNode(node, character.charCodeAt(0)) ?? grow(node, character.charCodeAt(0));
  }
  node.list = [...node.list, index];
}

/** What may match above may match below as well. */
function ripen<Value>(node: Node<Value>, above: readonly number[], all: readonly Entry<Value>[]): void {
  node.list = [...new Set([...above, ...node.list])].sort((one, other) => one - other);
  node.entries = node.list.flatMap((index) => all.slice(index, index + 1));
  for (const below of node.below) ripen(below, node.list, all);
}

function treeOf<Value>(entries: readonly Entry<Value>[]): Node<Value> {
  const root = nodeOf<Value>();
  for (const [index, [pattern]] of entries.entries()) for (const text of beginnings(pattern)) plant(root, text, index);
  ripen(root, [], entries);
  return root;
}

function entriesFor<Value>(root: Node<Value>, text: string): readonly Entry<Value>[] {
  let node = root;
  for (let at = 0; at < text.length; at += 1) {
    const below = nextNode(node, text.charCodeAt(at));
    if (!below) break;
    node = below;
  }
  return node.entries;
}

export function createMatcher<Value>(entries: readonly Entry<Value>[]): Matcher<Value> {
  let heads:
    | readonly { readonly entry: Entry<Value>; readonly characters: ReadonlySet<number> | undefined }[]
    | undefined;
  // Made when a text asks for it: most commands read no log.
  const rows: Node<Value>[] = [];
  const row = (code: number): Node<Value> => {
    heads ??= entries.map((entry) => ({ entry, characters: firstCharacters(entry[0]) }));
    return treeOf(heads.filter(({ characters }) => !characters || characters.has(code)).map(({ entry }) => entry));
  };
  const candidates = (text: string): readonly Entry<Value>[] => {
    const code = text.charCodeAt(0);
    const at = code < others ? code : others;
    return entriesFor((rows[at] ??= row(at === others ? -1 : code)), text);
  };
  return {
    find(text) {
      for (const [pattern, value, needed] of candidates(text)) {
        if ((needed === undefined || text.includes(needed)) && pattern.test(text)) return value;
      }
      return undefined;
    },
    test(text) {
      for (const [pattern, , needed] of candidates(text))
        if ((needed === undefined || text.includes(needed)) && pattern.test(text)) return true;
      return false;
    },
  };
}
