import { hunkLengths, scanDiff, unquote } from './diff.ts';

/** A line of context in which the tree differs from what a patch expects. */
interface Difference {
  readonly expected: string;
  /** Undefined after the end of the file. */
  readonly found: string | undefined;
}

/** A hunk that found its place only with less context than it has. */
export interface LooseHunk {
  readonly file: string;
  /** Of the first line that differs, or else of the first that was matched; in the changed file, from 1. */
  readonly line: number;
  readonly differences: readonly Difference[];
}

interface Reduction {
  readonly file: string;
  readonly line: number;
  /** Lines of context that were matched before and after the change. */
  readonly before: number;
  readonly after: number;
}

/** The hunks for which `git apply -v -Cn` reduced the context. */
export function parseReductions(log: string): Reduction[] {
  const reductions: Reduction[] = [];
  let file = '';
  for (const line of log.split('\n')) {
    const checking = /^Checking patch (?:.* => )?(.+)\.\.\.$/.exec(line)?.[1];
    if (checking !== undefined) file = unquote(checking);
    const [, before, after, at] = /^Context reduced to \((\d+)\/(\d+)\) to apply fragment at (\d+)$/.exec(line) ?? [];
    if (at !== undefined) reductions.push({ file, line: Number(at), before: Number(before), after: Number(after) });
  }
  return reductions;
}

/**
 * What differs where a patch was applied with less context.
 *
 * @param log what `git apply -v -Cn` said
 * @param texts each file that the patch touches, as it is with the patch
 */
export function looseHunks(diff: string, log: string, texts: ReadonlyMap<string, string>): LooseHunk[] {
  const hunks = hunksByFile(diff);
  return parseReductions(log).map((reduction) => {
    const { file, line } = reduction;
    const text = (texts.get(file) ?? '').split('\n');
    for (const hunk of hunks.get(file) ?? []) {
      const found = differencesOf(hunk, reduction, text);
      if (found !== undefined) return { file, ...found };
    }
    return { file, line, differences: [] };
  });
}

/** The lines of each hunk of a diff, with their signs, by the name that the file gets. */
function hunksByFile(diff: string): Map<string, string[][]> {
  const lines = diff.split('\n');
  const byFile = new Map<string, string[][]>();
  const { files } = scanDiff(diff);
  for (const [index, { to, line }] of files.entries()) {
    if (to === undefined) continue;
    const hunks = byFile.get(to) ?? [];
    byFile.set(to, hunks);
    let [before, after] = [0, 0];
    for (const text of lines.slice(line, (files[index + 1]?.line ?? lines.length + 1) - 1)) {
      if (before > 0 || after > 0) {
        if (text.startsWith('\\')) continue;
        if (!text.startsWith('+')) before--;
        if (!text.startsWith('-')) after--;
        hunks.at(-1)?.push(text);
        continue;
      }
      const lengths = hunkLengths(text);
      if (lengths === undefined) continue;
      hunks.push([]);
      [before, after] = lengths;
    }
  }
  return byFile;
}

/** Undefined for a hunk that is not the one that was applied there. */
function differencesOf(
  hunk: readonly string[],
  { line, before, after }: Reduction,
  text: readonly string[],
): Omit<LooseHunk, 'file'> | undefined {
  const isChange = (one: string): boolean => /^[+-]/.test(one);
  const leading = hunk.findIndex(isChange);
  const trailing = hunk.length - 1 - hunk.findLastIndex(isChange);
  const [ahead, behind] = [leading - before, trailing - after];
  if (ahead < 0 || behind < 0) return undefined;
  const wanted = hunk.filter((one) => !one.startsWith('-')).map((one) => one.slice(1));
  const start = line - 1 - ahead;
  const matched = wanted.slice(ahead, wanted.length - behind);
  if (matched.some((one, index) => text[start + ahead + index] !== one)) return undefined;
  const different = wanted.flatMap((expected, index) => {
    const found = text[start + index];
    return found === expected ? [] : [{ at: start + index + 1, expected, found }];
  });
  return {
    line: different[0]?.at ?? line,
    differences: different.map(({ expected, found }) => ({ expected, found })),
  };
}

/** One line for a report: which patch fits only loosely, where, and the first line in which the tree differs. */
export function describeLoose(patch: string, { file, line, differences }: LooseHunk): string {
  const where = `${patch} applies with fuzz: ${file}:${line}`;
  const [first] = differences;
  if (first === undefined) return where;
  const there = first.found === undefined ? 'the file ends' : `the tree has "${first.found.trim()}"`;
  const more = differences.length - 1;
  const rest = more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'line' : 'lines'})`;
  return `${where}: the patch expects "${first.expected.trim()}", ${there}${rest}`;
}
