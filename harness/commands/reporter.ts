import type { Emit, Event } from '../model/index.ts';
import { type Line, lineFor } from '../report/index.ts';
import type { Io } from './io.ts';

const colours: Readonly<Record<Line['tone'], Parameters<Io['paintErr']>[1] | undefined>> = {
  plain: undefined,
  good: undefined,
  bad: 'red',
  quiet: 'dim',
  warning: 'yellow',
};

/** How long a status stays before the next may replace it: a terminal needs no more. */
const statusMs = 80;

export interface Reporter {
  readonly emit: Emit;
  /** Clears the status line; call it before anything else is printed. */
  readonly end: () => void;
}

/**
 * Prints events as lines on stderr. On a terminal the last line shows what goes on right now; in a pipe there are only
 * whole lines, with the time since the start in front.
 */
export function makeReporter(io: Io, options: { readonly quiet: boolean }): Reporter {
  const started = performance.now();
  const paint = io.paintErr;
  let points = 0;
  let statusShown = false;
  let statusAt = 0;
  const clear = (): void => {
    if (statusShown) io.status('');
    statusShown = false;
  };
  const print = (line: Line): void => {
    if (line.kind === 'status') {
      const now = performance.now();
      if (!io.errIsTerminal || now - statusAt < statusMs) return;
      statusAt = now;
      io.status(line.text.slice(0, io.columns - 1));
      statusShown = true;
      return;
    }
    clear();
    const colour = colours[line.tone];
    const text = colour === undefined ? line.text : paint(line.text, colour);
    const clock = `[${((performance.now() - started) / 1000).toFixed(1).padStart(7)}]`;
    io.err(`${paint(clock, 'dim')} ${text}\n`);
  };
  return {
    emit(event: Event) {
      if (event.type === 'run-start') points = event.points.at(-1) ?? 0;
      const line = lineFor(event, points);
      if (line && (!options.quiet || line.tone === 'bad' || line.tone === 'warning')) print(line);
    },
    end: clear,
  };
}
