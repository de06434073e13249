import type { CountsByFile } from './executed.ts';

/** The files of which gcov is asked, and where they lie. */
export interface GcovReport {
  /** The file with counters, or with notes where there are none, as gcov was given it. */
  readonly file: string;
  readonly counts: CountsByFile;
}

/** Longest path of a kernel that is looked at, and most lines of one report. */
const most = { path: 500, lines: 200_000 } as const;

/** A path relative to the tree, where the compiler has it from the machine's root. */
function inTree(file: string, tree: string): string | undefined {
  const plain = file.replace(/^\.\//, '').replaceAll('/./', '/');
  const own = plain.startsWith(`${tree}/`) ? plain.slice(tree.length).replace(/^\/+/, '') : plain;
  return own.startsWith('/') || own.split('/').includes('..') || own.length > most.path ? undefined : own;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function listIn(value: unknown, key: string): readonly unknown[] {
  const found = isRecord(value) ? value[key] : undefined;
  return Array.isArray(found) ? (found as unknown[]) : [];
}

function addLines(into: Map<number, number>, lines: readonly unknown[]): void {
  for (const one of lines.slice(0, most.lines)) {
    if (!isRecord(one)) continue;
    const { line_number: line, count } = one;
    if (typeof line !== 'number' || typeof count !== 'number') continue;
    if (!Number.isInteger(line) || line < 1 || !Number.isFinite(count) || count < 0) continue;
    into.set(line, (into.get(line) ?? 0) + count);
  }
}

function readReport(text: string, tree: string): GcovReport | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const file = isRecord(value) ? value['data_file'] : undefined;
  if (typeof file !== 'string') return undefined;
  const counts = new Map<string, Map<number, number>>();
  for (const one of listIn(value, 'files')) {
    const name = isRecord(one) ? one['file'] : undefined;
    const own = typeof name === 'string' ? inTree(name, tree) : undefined;
    if (own === undefined) continue;
    const lines = counts.get(own) ?? new Map<number, number>();
    addLines(lines, listIn(one, 'lines'));
    counts.set(own, lines);
  }
  return { file, counts };
}

/**
 * Reads what `gcov --json-format --stdout` prints, one report a line. What is no report of its is passed over: the counters
 * come from a guest.
 *
 * @param tree where the compiler saw the tree
 */
export function readGcov(stdout: string, tree: string): GcovReport[] {
  return stdout.split('\n').flatMap((line) => (line.startsWith('{') ? (readReport(line, tree) ?? []) : []));
}

/** What gcov says of an object that has not run, and of one that has data alone. */
const harmless = ['cannot open data file', 'no functions found'];

/** Files of which gcov says that they are not what they should be. */
export function refusedByGcov(said: string, files: readonly string[]): string[] {
  const lines = said.split('\n').filter((line) => !harmless.some((words) => line.includes(words)));
  return files.filter((file) => lines.some((line) => line.startsWith(`${file}:`)));
}

/** The sum of the counters of several objects: a header's lines are in each that includes it. */
export function sumCounts(all: readonly CountsByFile[]): CountsByFile {
  const sum = new Map<string, Map<number, number>>();
  for (const counts of all) {
    for (const [path, lines] of counts) {
      const known = sum.get(path) ?? new Map<number, number>();
      for (const [line, count] of lines) known.set(line, (known.get(line) ?? 0) + count);
      sum.set(path, known);
    }
  }
  return sum;
}
