import type { Executed, ExecutedLines } from '../model/index.ts';

/** How often lines were executed: by file, then by line. Lines without code are missing. */
export type CountsByFile = ReadonlyMap<string, ReadonlyMap<number, number>>;

/** The counters of a guest before a case and after it. */
export interface CountedCase {
  readonly label: string;
  readonly before: CountsByFile;
  readonly after: CountsByFile;
}

export interface Counting {
  /** Counters of an idle guest that were read twice in a row: the second time has what the reading itself executes. */
  readonly idle: readonly [CountsByFile, CountsByFile];
  /** What booted the guests; its lines are those that the first look at an idle guest has. */
  readonly boot: string;
  readonly cases: readonly CountedCase[];
  /** Labels of cases after which the counters could not be read. */
  readonly unread: readonly string[];
}

function at(counts: CountsByFile, path: string, line: number): number {
  return counts.get(path)?.get(line) ?? 0;
}

function pathsOf({ idle, cases }: Counting): Map<string, Set<number>> {
  const found = new Map<string, Set<number>>();
  for (const counts of [...idle, ...cases.flatMap(({ before, after }) => [before, after])]) {
    for (const [path, lines] of counts) {
      const known = found.get(path) ?? new Set();
      for (const line of lines.keys()) known.add(line);
      found.set(path, known);
    }
  }
  return found;
}

function isSame(one: readonly number[], other: readonly number[]): boolean {
  return one.length === other.length && one.every((value, index) => value === other[index]);
}

/** Joins lines that follow each other and that the same cases executed. */
function stretches(lines: readonly { readonly line: number; readonly by: readonly number[] }[]): ExecutedLines[] {
  const joined: { from: number; to: number; by: readonly number[] }[] = [];
  for (const { line, by } of lines) {
    const last = joined.at(-1);
    if (last?.to === line - 1 && isSame(last.by, by)) last.to = line;
    else joined.push({ from: line, to: line, by });
  }
  return joined;
}

/**
 * Which lines each case executed: those that were counted more often while it ran than one reading of the counters makes
 * up for. A case that ran several times has what any of them executed.
 */
export function executedLines(counting: Counting): Executed {
  const { idle, boot, cases, unread } = counting;
  const [first, second] = idle;
  const by = [boot, ...new Set(cases.map(({ label }) => label))];
  const places = new Map(by.map((label, index) => [label, index]));
  const files = [...pathsOf(counting)].sort(([a], [b]) => (a < b ? -1 : 1));
  return {
    by,
    unread: [...new Set(unread)],
    files: files.map(([path, lines]) => ({
      path,
      lines: stretches(
        [...lines]
          .sort((a, b) => a - b)
          .map((line) => {
            const reading = Math.max(0, at(second, path, line) - at(first, path, line));
            const who = cases
              .filter(({ before, after }) => at(after, path, line) - at(before, path, line) > reading)
              .map(({ label }) => places.get(label) ?? 0);
            if (at(first, path, line) > reading) who.push(0);
            return { line, by: [...new Set(who)].sort((a, b) => a - b) };
          }),
      ),
    })),
  };
}
