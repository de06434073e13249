import { parseHunkHeader } from '../model/index.ts';

/** A hunk of a diff between two states of a tree. */
export interface Hunk {
  /** First line before and after; where a hunk has no line there, the one in front of it. */
  readonly old: number;
  readonly now: number;
  /** Each with its first character. */
  readonly lines: readonly string[];
}

/** What a diff says of one file. */
export interface FileDiff {
  /** Relative to the tree; undefined for a file that is new. */
  readonly from: string | undefined;
  /** Undefined for one that is removed. */
  readonly to: string | undefined;
  readonly hunks: readonly Hunk[];
}

interface Draft {
  from: string | undefined;
  to: string | undefined;
  hunks: { old: number; now: number; lines: string[] }[];
}

/** `a/kernel/fork.c`; undefined for /dev/null. Names that git quotes are no kernel's. */
function nameIn(text: string): string | undefined {
  const name = text.split('\t')[0] ?? text;
  return name === '/dev/null' ? undefined : name.slice(2);
}

/** Reads what `git diff-tree -p -M` prints of two trees. Binary files and changes of modes have no hunks. */
export function readTreeDiff(text: string): FileDiff[] {
  const files: Draft[] = [];
  let file: Draft | undefined;
  let left = { old: 0, now: 0 };
  for (const line of text.split('\n')) {
    const hunk = file?.hunks.at(-1);
    if (hunk && (left.old > 0 || left.now > 0)) {
      const kind = line[0] ?? ' ';
      if (kind === '\\') continue;
      hunk.lines.push(line === '' ? ' ' : line);
      if (kind !== '+') left.old -= 1;
      if (kind !== '-') left.now -= 1;
      continue;
    }
    const head = parseHunkHeader(line);
    if (line.startsWith('diff --git ')) {
      file = { from: undefined, to: undefined, hunks: [] };
      files.push(file);
    } else if (file === undefined) continue;
    else if (head) {
      file.hunks.push({ old: head.old.start, now: head.new.start, lines: [] });
      left = { old: head.old.count, now: head.new.count };
    } else if (line.startsWith('--- ')) file.from = nameIn(line.slice(4));
    else if (line.startsWith('+++ ')) file.to = nameIn(line.slice(4));
    else if (line.startsWith('rename from ')) file.from = line.slice('rename from '.length);
    else if (line.startsWith('rename to ')) file.to = line.slice('rename to '.length);
  }
  return files;
}

/** Where a line of the file before is after the hunks of a diff; undefined where they take it away. */
export function movedLine(line: number, hunks: readonly Hunk[]): number | undefined {
  let shift = 0;
  for (const { old, now, lines } of hunks) {
    const removed = lines.filter((one) => one[0] !== '+').length;
    // Without a line of the file before, a hunk stands after the line that it names.
    const first = removed === 0 ? old + 1 : old;
    if (line < first) break;
    const kept = lines.filter((one) => one[0] !== '-').length;
    if (line >= first + removed) {
      shift = (kept === 0 ? now + 1 : now) + kept - (first + removed);
      continue;
    }
    let [before, after] = [first, kept === 0 ? now + 1 : now];
    for (const one of lines) {
      if (one[0] !== '+' && before === line) return one[0] === '-' ? undefined : after;
      if (one[0] !== '+') before += 1;
      if (one[0] !== '-') after += 1;
    }
  }
  return line + shift;
}
