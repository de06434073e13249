import type { SourceLocation } from './errors.ts';

/** New lines of which somebody says why no case executes them; see `unexecuted` of a series. */
export interface AcceptedLines {
  /** Relative to the tree, as the last point calls it. */
  readonly file: string;
  /** Neighbours in the file, without the blanks at their ends; none is empty. */
  readonly lines: readonly string[];
  readonly why: string;
  /** On this target alone. */
  readonly target?: string;
  /** Where it is written. */
  readonly location: SourceLocation;
}

/** Lines of a file that follow each other and that the same cases executed. */
export interface ExecutedLines {
  /** From 1. */
  readonly from: number;
  /** The last of them. */
  readonly to: number;
  /** What executed them, as places in a list of labels; nothing did when empty. */
  readonly by: readonly number[];
  /** Why nothing has to execute them. */
  readonly accepted?: string;
}

/** Which lines of a kernel's files have code, and what executed them. */
export interface Executed {
  /** What may have executed lines: the boot, and cases by their keys. */
  readonly by: readonly string[];
  /** Cases after which nobody could read the counters: what they executed is not known. */
  readonly unread: readonly string[];
  /** Ascending lines; those without code are missing. */
  readonly files: readonly { readonly path: string; readonly lines: readonly ExecutedLines[] }[];
}

/** A file that has no counters, and why, as a clause. */
export interface Uncounted {
  readonly path: string;
  readonly reason: string;
}

/** The counters of a kernel that was compiled with them. */
export interface CountedBuild {
  /** Store directory with the notes of each object, `0.gcno` for the first one. */
  readonly directory: string;
  /** Over the notes, in hex. */
  readonly hash: string;
  /** Where make saw the tree and made the objects; absolute paths, part of the names in notes and counters. */
  readonly tree: string;
  readonly root: string;
  /** Sources of the objects that have counters, relative to the tree. */
  readonly sources: readonly string[];
  readonly uncounted: readonly Uncounted[];
}

/** What was executed of the lines that a patch adds to a file. */
export interface FileCoverage {
  /** What the last point calls it, relative to the tree. */
  readonly path: string;
  /** Added lines with code, numbered as in the last point. */
  readonly lines: readonly ExecutedLines[];
  /** How many added lines are still there at the last point, with code or without. */
  readonly added: number;
  /** Why nobody knows which of them have code; as a clause. */
  readonly unknown?: string;
}

export interface PatchCoverage {
  /** The point that the patch makes. */
  readonly point: number;
  readonly files: readonly FileCoverage[];
}

/** Lines that are accepted in vain. */
export interface NeedlessEntry {
  /** Place, lines and reason, as a clause. */
  readonly what: string;
  /** The entry is for this target alone. */
  readonly own?: true;
}

/** What was executed of a series on one target, at the last point of a run. */
export interface CellCoverage {
  /** Why nothing was measured, as a sentence without its end; the rest is empty then. */
  readonly unmeasured?: string;
  readonly by: Executed['by'];
  readonly unread: Executed['unread'];
  readonly patches: readonly PatchCoverage[];
  /** Accepted lines that this target does not need. */
  readonly needless?: readonly NeedlessEntry[];
}

/** Lines of a patch, with the places of those that it adds. */
export interface CoveredHunk {
  /** First line of the hunk in the file as the patch leaves it. */
  readonly from: number;
  /** Lines of the diff, each with its first character. */
  readonly text: readonly string[];
  /** For each added line in its order, its number at the last point; 0 where a later patch took it away. */
  readonly now: readonly number[];
}

export interface CoveredDiff {
  readonly point: number;
  /** C code alone. `path` is what the last point calls the file; `then`, what the patch called it where that was another name. */
  readonly files: readonly {
    readonly path: string;
    readonly then?: string;
    readonly hunks: readonly CoveredHunk[];
  }[];
}

/** That a run measures coverage, and of what. */
export interface RunCoverage {
  /** The point at which it is measured. */
  readonly point: number;
  /** Percentage of the new lines of the series below which a target fails; see {@link coverageSuite}. */
  readonly failUnder?: number;
  readonly patches: readonly CoveredDiff[];
}

/** How many lines there are, how many of them were executed, and how many of the others need not be. */
export interface LineCount {
  readonly lines: number;
  readonly executed: number;
  readonly accepted: number;
}

/** Counts lines with code. */
export function countLines(stretches: readonly ExecutedLines[]): LineCount {
  let lines = 0;
  let executed = 0;
  let accepted = 0;
  for (const { from, to, by, accepted: why } of stretches) {
    const many = to - from + 1;
    lines += many;
    if (by.length > 0) executed += many;
    else if (why !== undefined) accepted += many;
  }
  return { lines, executed, accepted };
}

/** Counts the lines of patches; a line belongs to one patch only, the last one that wrote it. */
export function countPatches(patches: readonly PatchCoverage[]): LineCount {
  return countLines(patches.flatMap(({ files }) => files.flatMap(({ lines }) => lines)));
}

/** Lines that were executed of 100 that should be; undefined where no line has code. */
export function percentage({ lines, executed, accepted }: LineCount): number | undefined {
  if (lines === 0) return undefined;
  return lines === accepted ? 100 : (100 * executed) / (lines - accepted);
}

/** `78.5 %`, rounded down: 99.96 % is not all. */
export function percentWords(count: LineCount): string {
  return `${(Math.floor((percentage(count) ?? 0) * 10) / 10).toFixed(1)} %`;
}

/** A demanded percentage is a case of its own in each cell that it is about: it fails and passes as cases do. */
export const coverageSuite = 'coverage';

/** Why a cell says nothing of which new lines were executed; undefined where it does, or where no line is new. */
export function whyUnmeasured(coverage: CellCoverage): string | undefined {
  if (coverage.unmeasured !== undefined) return coverage.unmeasured;
  const files = coverage.patches.flatMap((patch) => patch.files);
  if (countPatches(coverage.patches).lines > 0) return undefined;
  const [first] = files;
  return first && `no new line with code is known: ${first.path}: ${first.unknown ?? 'none of its new lines has code'}`;
}
