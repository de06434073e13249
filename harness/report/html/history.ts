import { createHash } from 'node:crypto';
import { groupBy, type Mark, summarise, type Timeline, type Track } from '../../model/index.ts';
import { durationWords, isTelling, markWords } from '../history.ts';
import { plural } from '../words.ts';
import { html, type Markup, trusted } from './markup.ts';
import { style } from './style.ts';

/** Rows of a part; a browser gets slow with more, and the text has the rest. */
const mostRows = 1500;
/** The newest runs that are drawn. */
const mostRuns = 60;

const ownStyle = `${style}
svg{display:block;overflow:visible}svg .none{fill:none;stroke:var(--line)}svg .good{fill:var(--good)}svg .bad{fill:var(--bad)}svg .odd{fill:var(--odd)}svg .line{fill:none;stroke:var(--link);stroke-width:1.5}
td.chart{vertical-align:middle}
`;

const policy = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(ownStyle).digest('base64')}'; base-uri 'none'; form-action 'none'`;

const cellWidth = 8;
const height = 16;

/** Each outcome has a height of its own beside its colour. */
function shape({ outcome, flaky }: Mark): { readonly tone: string; readonly from: number } {
  if (flaky) return { tone: 'odd', from: 4 };
  if (outcome === 'pass') return { tone: 'good', from: 10 };
  return outcome === 'known' || outcome === 'not-covered' ? { tone: 'odd', from: 7 } : { tone: 'bad', from: 0 };
}

/** A column for each run: low for a pass, half for what is flaky or known, full for a failure. */
function outcomesChart(timeline: Timeline, { marks }: Track, from: number): Markup {
  const runs = timeline.runs.length - from;
  const seen = marks.filter(({ run }) => run >= from);
  const columns = seen.map((mark) => {
    const { tone, from: top } = shape(mark);
    const x = (mark.run - from) * cellWidth;
    return `<path class="${tone}" d="M${x} ${top}h6v${height - top}h-6z"/>`;
  });
  const bad = seen.filter(({ outcome }) => outcome !== 'pass').length;
  const label = `${seen.length - bad} of ${seen.length} passed, last: ${seen.at(-1) ? markWords(seen.at(-1) as Mark) : 'none'}`;
  return html`<svg role="img" aria-label="${label}" width="${runs * cellWidth}" height="${height}">${trusted(columns.join(''))}</svg>`;
}

/** How long it took in each run that did it anew, from 0 to the longest. */
function timeChart(timeline: Timeline, { marks }: Track, from: number): Markup | null {
  const timed = marks.filter(({ run, ms }) => run >= from && ms !== undefined);
  const most = Math.max(...timed.map(({ ms = 0 }) => ms));
  if (timed.length < 2 || most <= 0) return null;
  const points = timed.map(
    ({ run, ms = 0 }) => `${(run - from) * cellWidth + 3},${Math.round(height - (ms / most) * (height - 2) - 1)}`,
  );
  const label = `between ${durationWords(Math.min(...timed.map(({ ms = 0 }) => ms)))} and ${durationWords(most)}`;
  const width = (timeline.runs.length - from) * cellWidth;
  return html`<svg role="img" aria-label="${label}" width="${width}" height="${height}">${trusted(`<polyline class="line" points="${points.join(' ')}"/>`)}</svg>`;
}

function row(timeline: Timeline, track: Track, from: number): Markup {
  const { looks, passes, flaky, now, lastPass, ms } = summarise(track);
  const run = lastPass === undefined ? undefined : timeline.runs[lastPass];
  const last = run === undefined ? 'never' : run.started.slice(0, 10);
  return html`<tr><th scope="row" class="name">${track.name}</th><td>${track.target}</td><td class="${now}">${passes}/${looks}</td><td>${run === undefined ? html`<span class="fail">never</span>` : html`<span title="${run.id}">${last}</span>`}</td><td>${flaky === 0 ? null : `${flaky} of ${looks}`}</td><td class="chart">${outcomesChart(timeline, track, from)}</td><td class="number">${ms === undefined ? null : durationWords(ms)}</td><td class="chart">${timeChart(timeline, track, from)}</td></tr>
`;
}

function table(timeline: Timeline, tracks: readonly Track[], from: number): Markup {
  const shown = tracks.slice(0, mostRows);
  const rest = tracks.length - shown.length;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="table"><table><thead><tr><th scope="col">name</th><th scope="col">target</th><th scope="col">passed</th><th scope="col">last pass</th><th scope="col">flaky</th><th scope="col">runs</th><th scope="col">takes</th><th scope="col">time</th></tr></thead><tbody>
${shown.map((track) => row(timeline, track, from))}</tbody></table></div>${rest > 0 ? html`<p>${rest} more: quiltboot history --all</p>` : null}`;
}

function part(timeline: Timeline, title: string, tracks: readonly Track[], from: number): Markup | null {
  if (tracks.length === 0) return null;
  const telling = tracks.filter(isTelling);
  const plain = tracks.filter((track) => !isTelling(track));
  return html`<section><h2>${title}</h2>${telling.length > 0 ? table(timeline, telling, from) : html`<p>Each of them passed in every run.</p>`}${plain.length === 0 ? null : html`<details><summary>${plural(plain.length, 'other')} that passed in every run</summary>${table(timeline, plain, from)}</details>`}</section>
`;
}

function runsPart({ runs }: Timeline): Markup {
  const one = ({ id, started, ms, verdict, cells }: Timeline['runs'][number]): Markup =>
    html`<tr><th scope="row">${id}</th><td>${started.slice(0, 16).replace('T', ' ')}</td><td class="${verdict ?? 'quiet'}">${verdict ?? 'unknown'}</td><td class="number">${cells}</td><td class="number">${durationWords(ms)}</td></tr>
`;
  return html`<section><h2>Runs</h2><details><summary>${plural(runs.length, 'run')}</summary><div class="scroll" tabindex="0" role="region" aria-label="runs"><table><thead><tr><th scope="col">run</th><th scope="col">begun (UTC)</th><th scope="col">verdict</th><th scope="col">cells</th><th scope="col">took</th></tr></thead><tbody>
${runs.toReversed().map(one)}</tbody></table></div></details></section>
`;
}

/** The history as one page that needs nothing else, and no script. */
export function renderHistoryPage(timeline: Timeline): string {
  const { runs, tracks, series, tree } = timeline;
  const from = Math.max(0, runs.length - mostRuns);
  const kinds = groupBy(tracks, ({ kind }) => kind);
  const title = `History of ${series} on ${tree}`;
  const last = runs.at(-1);
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${title}</title><style>${trusted(ownStyle)}</style></head>
<body><header><h1>${title}</h1><p>${plural(runs.length, 'run')}, ${runs[0]?.started.slice(0, 10) ?? ''} to ${last?.started.slice(0, 10) ?? ''}${from > 0 ? `; the charts have the newest ${mostRuns}` : null}</p>
<p class="quiet">A column is a run, the oldest first: low is a pass, full is a failure, between them is what is flaky, known or not covered.</p></header>
<main>${part(timeline, 'Patches', kinds.get('patch') ?? [], from)}${part(timeline, 'Cases', kinds.get('case') ?? [], from)}${runsPart(timeline)}</main></body></html>
`.text;
}
