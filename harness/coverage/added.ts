import { type CoveredDiff, defined } from '../model/index.ts';
import { type FileDiff, movedLine } from './diff.ts';

/** Code of which gcov knows the lines. */
export function isCounted(file: string): boolean {
  return /\.[ch]$/.test(file);
}

/** Added lines of one patch in one file, on their way to the last point. */
interface Tracked {
  readonly point: number;
  readonly then: string;
  /** Undefined where the file is gone. */
  path: string | undefined;
  readonly hunks: { from: number; text: readonly string[]; now: number[] }[];
}

function begin(point: number, file: FileDiff): Tracked | undefined {
  const { to, hunks } = file;
  if (to === undefined || hunks.every(({ lines }) => lines.every((line) => line[0] !== '+'))) return undefined;
  return {
    point,
    then: to,
    path: to,
    hunks: hunks.map(({ now, lines }) => {
      let number = now;
      const added: number[] = [];
      for (const line of lines) {
        if (line[0] === '+') added.push(number);
        if (line[0] !== '-') number += 1;
      }
      return { from: now, text: lines, now: added };
    }),
  };
}

/** Takes lines along to where the diff of a later patch leaves them. */
function follow(tracked: Tracked, diffs: readonly FileDiff[]): void {
  const diff = diffs.find(({ from }) => from !== undefined && from === tracked.path);
  if (!diff) return;
  tracked.path = diff.to;
  for (const hunk of tracked.hunks) {
    hunk.now = hunk.now.map((line) => (line === 0 || diff.to === undefined ? 0 : (movedLine(line, diff.hunks) ?? 0)));
  }
}

/**
 * The lines that each patch adds to files of C, and where they are at the last point: a line that a later patch moves is
 * followed, and one that it rewrites is that patch's.
 *
 * @param diffs of the patches from the first to the last point, each between the tree before and the tree after
 * @param wanted which files count, by the name that a patch gives them
 */
export function followedLines(
  diffs: readonly (readonly FileDiff[])[],
  wanted: (file: string) => boolean = isCounted,
): CoveredDiff[] {
  const all: Tracked[] = [];
  diffs.forEach((files, index) => {
    for (const tracked of all) follow(tracked, files);
    for (const file of files) {
      const tracked = file.to !== undefined && wanted(file.to) ? begin(index + 1, file) : undefined;
      if (tracked) all.push(tracked);
    }
  });
  return diffs.map((_, index) => ({
    point: index + 1,
    files: all
      .filter(({ point }) => point === index + 1)
      .map(({ then, path = then, hunks }) => ({
        path,
        ...defined({ then: then === path ? undefined : then }),
        hunks: hunks.map(({ from, text, now }) => ({ from, text, now })),
      })),
  }));
}
