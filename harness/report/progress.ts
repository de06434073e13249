import { type CellRef, type Event, isGood } from '../model/index.ts';
import { oneLine } from './words.ts';

/** What a reporter prints for an event: a line that stays, or a status that the next one replaces. */
export interface Line {
  readonly kind: 'line' | 'status';
  readonly text: string;
  readonly tone: 'plain' | 'good' | 'bad' | 'quiet' | 'warning';
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}

/** `3/10 x86_64`; the number of points is left out where nobody said it. */
function place(cell: CellRef | undefined, points: number): string {
  if (!cell) return '';
  return `${cell.point > points ? cell.point : `${cell.point}/${points}`} ${cell.target}`;
}

/** Turns an event into the one line that a person reads; undefined for events that need none. */
export function lineFor(event: Event, points: number): Line | undefined {
  const line = lineOf(event, points);
  return line && { ...line, text: line.text.replaceAll(/[\r\n\u2028\u2029]+/g, event.type === 'note' ? '\n  ' : ' ') };
}

function lineOf(event: Event, points: number): Line | undefined {
  switch (event.type) {
    case 'run-start':
      return { kind: 'line', text: event.title, tone: 'plain' };
    case 'stage-start':
      return { kind: 'status', text: `${event.stage} ${place(event.cell, points)} ${event.what}`, tone: 'quiet' };
    case 'stage-progress': {
      const share = event.fraction === undefined ? '' : ` ${Math.floor(event.fraction * 100)}%`;
      return {
        kind: 'status',
        text: `${event.stage} ${place(event.cell, points)} ${event.text}${share}`,
        tone: 'quiet',
      };
    }
    case 'stage-end': {
      // Every cell looks for its image, and nearly always it is there.
      if (event.stage === 'image' && event.reused) return undefined;
      const what = event.cell ? place(event.cell, points) : event.what;
      const end = event.reused ? 'from the store' : seconds(event.ms);
      const detail = event.detail ?? (event.cell ? '' : '');
      const reason = event.cause ? `: ${event.cause.summary}` : '';
      const good = isGood(event.outcome);
      const text = `${event.stage.padEnd(9)} ${what.padEnd(14)} ${event.outcome.padEnd(7)} ${[detail, end].filter((part) => part !== '').join(', ')}${reason}`;
      return { kind: 'line', text, tone: good ? 'good' : 'bad' };
    }
    case 'case-end': {
      const { cell, result } = event;
      const text = `${place(cell, points)} ${oneLine(`${result.suite}: ${result.name}`)}: ${result.outcome}`;
      const bad = !isGood(result.outcome);
      return bad
        ? { kind: 'line', text: `  ${text}`, tone: 'bad' }
        : { kind: 'status', text: `test ${text}`, tone: 'quiet' };
    }
    case 'search':
      return { kind: 'line', text: event.text, tone: 'plain' };
    case 'note':
      return { kind: 'line', text: `note: ${event.text}`, tone: event.level === 'warning' ? 'warning' : 'quiet' };
    case 'cell-end':
    case 'run-end':
      return undefined;
  }
}
