import { type Mark, summarise, type Timeline, type Track } from '../model/index.ts';
import { firstOf, oneLine, outcomeWords, plural } from './words.ts';

/** One character for each run, oldest first. */
const signs: Readonly<Record<Mark['outcome'], string>> = {
  pass: '.',
  known: 'k',
  fail: 'F',
  crash: 'C',
  timeout: 'T',
  'not-covered': 'u',
  skip: ' ',
  'not-run': ' ',
};

const mostRows = 40;
const mostRuns = 60;

/** `20 ms`, `1.5 s`, `2 min` */
export function durationWords(ms: number): string {
  if (ms < 1000) return `${Math.round(ms)} ms`;
  return ms < 120_000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}

function day(started: string): string {
  return started.slice(0, 10);
}

/** What a mark is called: what failed at times and passed at others is flaky. */
export function markWords({ outcome, flaky }: Mark): string {
  return flaky ? `flaky, ${outcomeWords[outcome]}` : outcomeWords[outcome];
}

/** Whether a reader wants to see it unasked: it did not pass in every run, or was flaky. */
export function isTelling({ marks }: Track): boolean {
  return marks.some(({ outcome, flaky }) => flaky || outcome !== 'pass');
}

function strip({ marks }: Track, from: number, runs: number): string {
  const byRun = new Map(marks.map((mark) => [mark.run, mark]));
  return Array.from({ length: runs - from }, (_, index) => {
    const mark = byRun.get(from + index);
    return mark === undefined ? ' ' : mark.flaky ? '~' : signs[mark.outcome];
  }).join('');
}

function lastPassWords(timeline: Timeline, lastPass: number | undefined): string {
  const run = lastPass === undefined ? undefined : timeline.runs[lastPass];
  if (!run) return 'never';
  return lastPass === timeline.runs.length - 1 ? 'in the last run' : day(run.started);
}

/** Stored runs of a series as a table: for each patch and case when it passed last, how long it takes, how often it flakes. */
export function renderHistory(timeline: Timeline, all = false): string {
  const { runs, tracks, series, tree } = timeline;
  const [first, last] = [runs[0], runs.at(-1)];
  const from = Math.max(0, runs.length - mostRuns);
  const telling = all ? tracks : tracks.filter(isTelling);
  const rows = telling.map((track) => {
    const { looks, passes, flaky, lastPass, ms } = summarise(track);
    return [
      oneLine(track.name),
      track.target,
      `${passes}/${looks}`,
      lastPassWords(timeline, lastPass),
      flaky === 0 ? '' : `${flaky} of ${looks}`,
      ms === undefined ? '' : durationWords(ms),
      strip(track, from, runs.length).trimEnd(),
    ];
  });
  const heads = ['patch or case', 'target', 'passed', 'last pass', 'flaky', 'takes', 'runs, oldest first'];
  const table = [heads, ...rows];
  const widths = heads.map((_, column) =>
    Math.max(...table.slice(0, mostRows + 2).map((row) => row[column]?.length ?? 0)),
  );
  const lines = table.map((row) =>
    row
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  const rest = tracks.length - telling.length;
  return [
    `${oneLine(series)} on ${oneLine(tree)}: ${plural(runs.length, 'run')}, ${day(first?.started ?? '')} to ${day(last?.started ?? '')}`,
    ...(rows.length === 0 ? [] : ['', ...firstOf(lines, mostRows + 1)]),
    '',
    ...(rest === 0
      ? []
      : [`${plural(rest, 'other patch or case', 'other patches and cases')} passed in every run (--all lists them)`]),
    '. pass, F fail, C crash, T timeout, k known, u not covered, ~ flaky',
    '',
  ].join('\n');
}
