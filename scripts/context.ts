import { echo } from 'zx';
import { type Context, cachePaths } from '../harness/index.ts';

/** What stages are handed when a script calls them: the user's cache, notes on stdout, one job and guest at a time. */
export function scriptContext(changes: Partial<Context> = {}): Context {
  return {
    cache: cachePaths(process.env),
    emit(event) {
      if (event.type === 'note') echo(event.text);
    },
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
    ...changes,
  };
}
