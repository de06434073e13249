import { madeBy } from '../../make/index.ts';
import type { CellRef, Context } from '../../model/index.ts';

/** Least time between two messages of progress, in milliseconds. */
const progressMs = 300;

/** What is told of a make while it runs: `line` takes each line of its output, `objects` has counted what was compiled. */
export function progressOf(
  cell: CellRef,
  context: Pick<Context, 'emit'>,
): { line: (line: string) => void; objects: () => number } {
  let objects = 0;
  let last = 0;
  return {
    line(line) {
      const made = madeBy(line);
      if (made === undefined) return;
      if (made.endsWith('.o')) objects += 1;
      const now = performance.now();
      if (now - last < progressMs) return;
      last = now;
      context.emit({ type: 'stage-progress', stage: 'build', text: `${objects} objects, ${made}`, cell });
    },
    objects: () => objects,
  };
}
