import type { CellRef } from '../../model/index.ts';
import type { LogText } from './logs.ts';

/** `cells/7-s390x/test/tasks/a-pid-moves.log` → `tasks.a-pid-moves`, `cells/7-s390x/build.log` → `build` */
function logName(path: string): string {
  const own = /(?:^|\/)test\/(.+)$/.exec(path)?.[1] ?? path.split('/').at(-1) ?? path;
  return own
    .replace(/\.log$/, '')
    .replaceAll('/', '.')
    .replaceAll(/[^\w.-]+/g, '_');
}

/** Address of a log in a page: `7-s390x-build`. With `:117` it is that of a line, counted from 1 in the file. */
export function logAddress({ point, target }: CellRef, path: string): string {
  return `${point}-${target}-${logName(path)}`;
}

/** Characters by which a line is known: consoles break and cut what is longer. */
const known = 60;

/** What a line of a log is found again by. */
export function lineKey(line: string): string {
  return line.trim().slice(0, known);
}

/** Of a frame with its place in the source: what the log has of it. */
function frameKey(line: string): string | undefined {
  const frame = /^\s*([\w.]+\+0x[0-9a-f]+)(?: \(.*\))?$/.exec(line)?.[1];
  return frame === undefined ? undefined : `${frame}/`;
}

/** Where in a log the lines of an excerpt are, counted from 1 in its file; undefined for those that it has not. */
export function placesOf(excerpt: readonly string[], log: LogText | undefined): readonly (number | undefined)[] {
  if (!log) return excerpt.map(() => undefined);
  const lines = log.text.split('\n');
  const before = log.skippedLines ?? 0;
  let from = 0;
  return excerpt.map((line) => {
    const key = lineKey(line);
    const frame = frameKey(line);
    const fits = (each: string): boolean => (frame === undefined ? lineKey(each) === key : each.includes(frame));
    if (key === '') return undefined;
    // Excerpts are in order; what does not follow may stand before.
    const after = lines.findIndex((each, index) => index >= from && fits(each));
    const found = after >= 0 ? after : lines.findIndex(fits);
    if (found < 0) return undefined;
    from = found + 1;
    return before + found + 1;
  });
}
