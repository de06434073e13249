import { defined, parseHunkHeader } from '../model/index.ts';

/** What a unified diff says about one file. */
interface DiffFile {
  /** Without the leading component; undefined for a file that the diff creates. */
  readonly from: string | undefined;
  /** Undefined for a file that the diff deletes. */
  readonly to: string | undefined;
  /** Octal mode of a file that is created or changed, where the diff tells it. */
  readonly mode: string | undefined;
  /** The text of the added lines of a symbolic link: its target. */
  readonly linkTarget: string | undefined;
  /** Line of the patch at which this file begins, from 1. */
  readonly line: number;
}

type Draft = { -readonly [Key in keyof DiffFile]: DiffFile[Key] };

export interface DiffScan {
  readonly files: readonly DiffFile[];
  /** The first line of the diff's structure that ends in CR LF; content lines may do so rightly. */
  readonly crlfLine?: number;
}

/** How many lines a hunk has in the old and in the new file; undefined for a line that does not begin a hunk. */
export function hunkLengths(line: string): readonly [number, number] | undefined {
  const head = parseHunkHeader(line);
  return head && [head.old.count, head.new.count];
}

/**
 * Finds the files that a patch touches, in git's form and in the traditional one. It decides nothing about whether the
 * patch is well-formed: git does.
 */
export function scanDiff(text: string): DiffScan {
  const files: Draft[] = [];
  let current: Draft | undefined;
  let crlfLine: number | undefined;
  let oldLeft = 0;
  let newLeft = 0;
  let hunks = 0;
  const begin = (line: number): Draft => {
    const draft: Draft = { from: undefined, to: undefined, mode: undefined, linkTarget: undefined, line };
    hunks = 0;
    files.push(draft);
    return draft;
  };
  for (const [index, raw] of text.split('\n').entries()) {
    const number = index + 1;
    if (current !== undefined && (oldLeft > 0 || newLeft > 0)) {
      const kind = raw[0] ?? ' ';
      if (kind === '+') {
        newLeft--;
        if (current.mode?.startsWith('120')) current.linkTarget = (current.linkTarget ?? '') + raw.slice(1);
      } else if (kind === '-') oldLeft--;
      else if (kind !== '\\') {
        oldLeft--;
        newLeft--;
      }
      continue;
    }
    const line = raw.endsWith('\r') ? raw.slice(0, -1) : raw;
    const hunk = hunkLengths(line);
    const header = hunk !== undefined || /^(diff --git |--- \S|\+\+\+ \S|new file mode|rename (from|to) )/.test(line);
    if (header && line !== raw) crlfLine ??= number;
    if (hunk !== undefined && current !== undefined) {
      hunks++;
      [oldLeft, newLeft] = hunk;
      continue;
    }
    const git = /^diff --git (.+)$/.exec(line)?.[1];
    if (git !== undefined) {
      current = begin(number);
      const names = splitGitNames(git);
      if (names !== undefined) [current.from, current.to] = names;
      continue;
    }
    const old = /^--- (.+)$/.exec(line)?.[1];
    if (old !== undefined && old !== '') {
      // In the traditional form this line begins a file; in git's it repeats the name.
      if (current === undefined || hunks > 0) current = begin(number);
      current.from = headerPath(old);
      continue;
    }
    if (current === undefined) continue;
    const next = /^\+\+\+ (.+)$/.exec(line)?.[1];
    if (next !== undefined) current.to = headerPath(next);
    else applyExtended(current, line);
  }
  return { files: files.filter(isTouching), ...defined({ crlfLine }) };
}

function applyExtended(draft: Draft, line: string): void {
  const kept = /^index \S+ (120000|160000)$/.exec(line)?.[1];
  if (kept !== undefined) draft.mode = kept;
  const [, word, value] = /^(rename from|copy from|rename to|copy to|new file mode|new mode) (.+)$/.exec(line) ?? [];
  if (value === undefined) return;
  if (word === 'new file mode' || word === 'new mode') draft.mode = value;
  if (word === 'new file mode') draft.from = undefined;
  if (word === 'rename from' || word === 'copy from') draft.from = unquote(value);
  if (word === 'rename to' || word === 'copy to') draft.to = unquote(value);
}

function isTouching(draft: Draft): boolean {
  return draft.from !== undefined || draft.to !== undefined;
}

/** `a/x/y<TAB>date` to `x/y`; undefined for /dev/null. */
function headerPath(text: string): string | undefined {
  const name = text.startsWith('"') ? unquote(text) : (text.split('\t')[0] ?? text).trimEnd();
  return name === '/dev/null' ? undefined : stripFirst(name);
}

function stripFirst(name: string): string {
  const slash = name.indexOf('/');
  return slash < 0 ? name : name.slice(slash + 1);
}

/** `a/x b/x`: only names that are equal can be told apart without quotes, as git does it. */
function splitGitNames(text: string): [string, string] | undefined {
  if (text.startsWith('"')) {
    const match = /^("(?:[^"\\]|\\.)*") (.+)$/.exec(text);
    return match?.[1] === undefined || match[2] === undefined
      ? undefined
      : [stripFirst(unquote(match[1])), stripFirst(unquote(match[2]))];
  }
  const half = (text.length - 1) / 2;
  const from = stripFirst(text.slice(0, half));
  const to = stripFirst(text.slice(half + 1));
  return text[half] === ' ' && from === to ? [from, to] : undefined;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };

/** Undoes git's C-style quoting of a path. */
export function unquote(text: string): string {
  const inner = /^"((?:[^"\\]|\\.)*)"/.exec(text)?.[1];
  if (inner === undefined) return text;
  const bytes: number[] = [];
  for (const [, octal, letter, plain] of inner.matchAll(/\\([0-7]{3})|\\(.)|([^\\]+)/gs)) {
    if (octal !== undefined) bytes.push(Number.parseInt(octal, 8));
    else bytes.push(...Buffer.from(plain ?? escapes[letter ?? ''] ?? letter ?? ''));
  }
  return Buffer.from(bytes).toString('utf8');
}
