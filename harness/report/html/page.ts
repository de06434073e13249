import { createHash } from 'node:crypto';
import { defined, type Run } from '../../model/index.ts';
import { baseWords } from '../base.ts';
import { comparisonLines } from '../comparison.ts';
import { faultLines } from '../faults.ts';
import { flakyLines, stories } from '../findings.ts';
import { kernelChangeLines } from '../kernel-changes.ts';
import { knownLines } from '../known.ts';
import { cellIndex, fieldWords, rowName } from '../matrix.ts';
import { cellsToExplain, countLine, reasonsNotRun, runTitle, verdictWords } from '../text.ts';
import { sandboxLine, signed } from '../words.ts';
import { cellId, cellPart, type FindLog } from './cell.ts';
import { coveragePart } from './coverage.ts';
import { type Logs, packLogs } from './logs.ts';
import { html, type Markup, trusted } from './markup.ts';
import { script, style } from './style.ts';

/** Cells that get a part of their own beside those that failed; a browser gets slow with more. */
const mostCells = 2000;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const policy = `default-src 'none'; style-src ${hashOf(style)}; script-src ${hashOf(script)}; base-uri 'none'; form-action 'none'`;

function matrix(run: Run, told: ReadonlySet<string>): Markup {
  const find = cellIndex(run);
  const field = (point: number, target: string): Markup => {
    const cell = find(point, target);
    const words = fieldWords(cell);
    const tone = cell ? (cell.blame === 'host' ? 'infra' : cell.outcome) : 'quiet';
    const id = cellId({ point, target });
    return html`<td class="${tone}">${told.has(id) ? html`<a href="#${id}">${words}</a>` : words}</td>`;
  };
  const row = (point: number): Markup => {
    const subject = run.series.patches[point - 1]?.subject ?? '';
    return html`<tr><th scope="row">${point}</th><td class="name">${rowName(run, point)}${subject === '' ? null : html`<br><span class="quiet">${subject}</span>`}</td>${run.targets.map((target) => field(point, target))}</tr>
`;
  };
  return html`<section id="matrix"><h2>Matrix</h2><div class="scroll"><table><thead><tr><th scope="col">point</th><th scope="col">patch</th>${run.targets.map((target) => html`<th scope="col">${target}</th>`)}</tr></thead><tbody>
${run.points.map(row)}</tbody></table></div><p class="quiet">A number counts passed cases; = was taken over from an earlier run with the same inputs; ~ has a case that failed and passed on the same image. Arrow keys move, Enter opens.</p></section>
`;
}

function linesPart(title: string, lines: readonly string[]): Markup | null {
  if (lines.length === 0) return null;
  return html`<section><h2>${title}</h2><ul>${lines.map((line) => html`<li>${line.trim()}</li>`)}</ul></section>
`;
}

function storiesPart(run: Run): Markup | null {
  const all = stories(run);
  if (all.length === 0) return null;
  const one = ({ title, subjects }: (typeof all)[number]): Markup =>
    html`<details open><summary>${title}</summary><ul>${subjects.map((subject) => html`<li>${subject}</li>`)}</ul></details>
`;
  return html`<section><h2>Which patch did what</h2>${all.map(one)}</section>
`;
}

/** Bytes by which each patch changes the kernel, for each target. */
function sizesPart(run: Run): Markup | null {
  const find = cellIndex(run);
  const rows = run.points.filter((point) => run.targets.some((target) => find(point, target)?.changes?.size));
  if (rows.length === 0) return null;
  const numbers = (point: number, target: string): Markup => {
    const size = find(point, target)?.changes?.size;
    const parts = size ? [size.text, size.data, size.bss].map(signed).join(' / ') : '';
    return html`<td class="number">${parts}</td>`;
  };
  const row = (point: number): Markup =>
    html`<tr><th scope="row">${point}</th><td class="name">${rowName(run, point)}</td>${run.targets.map((target) => numbers(point, target))}</tr>
`;
  return html`<details><summary>Size of each patch, text / data / bss in bytes</summary><div class="scroll"><table><thead><tr><th scope="col">point</th><th scope="col">patch</th>${run.targets.map((target) => html`<th scope="col">${target}</th>`)}</tr></thead><tbody>
${rows.map(row)}</tbody></table></div></details>
`;
}

function kernelPart(run: Run): Markup | null {
  // Each cell shows its symbols.
  const [, ...lines] = kernelChangeLines(run, []);
  const sizes = sizesPart(run);
  if (lines.length === 0 && !sizes) return null;
  return html`<section><h2>The kernel</h2><ul>${lines.map((line) => html`<li>${line.trim()}</li>`)}</ul>${sizes}</section>
`;
}

function cellsPart(run: Run, findLog: FindLog): { readonly part: Markup; readonly told: ReadonlySet<string> } {
  const bad = new Set(cellsToExplain(run));
  let room = mostCells;
  const told = run.cells.filter((cell) => bad.has(cell) || room-- > 0);
  const rest = run.cells.length - told.length;
  const part = html`<section><h2>Cells</h2>
${told.map((cell) => cellPart(cell, { open: bad.has(cell) && bad.size <= 20, ...defined({ base: baseWords(run, cell) }) }, findLog))}${rest === 0 ? null : html`<p>${rest} more cells that did not fail are only in the matrix and in run.json.</p>`}</section>
`;
  return { part, told: new Set(told.map(cellId)) };
}

/** The run as one page that needs nothing else: no network, no other file. */
export function renderHtml(run: Run, logs: Logs = new Map()): string {
  const { packed, shown } = packLogs(run, logs);
  const findLog: FindLog = (path) =>
    path === undefined ? undefined : (shown.get(path) ?? { path, note: 'not in this page' });
  const { part: cells, told } = cellsPart(run, findLog);
  const title = runTitle(run);
  const [comparison, ...compared] = comparisonLines(run);
  const sandbox = sandboxLine(run);
  const warning = sandbox === undefined ? null : html`<p><strong class="infra">${sandbox}</strong></p>`;
  const notes = [...reasonsNotRun(run), ...run.notes];
  const page = html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}"><title>${run.verdict}: ${title}</title><style>${trusted(style)}</style></head>
<body><a class="skip-link" href="#matrix">To the matrix</a>
<header><h1>${title}</h1><p>Verdict: <strong class="${run.verdict}">${verdictWords(run)}</strong> · ${countLine(run)}</p>
<p class="quiet">${run.started} · ${(run.ms / 1000).toFixed(1)} s · ${run.host.machine}</p><pre class="command">${run.command}</pre>${warning}</header>
<main>${matrix(run, told)}${storiesPart(run)}${linesPart('Flaky', flakyLines(run).slice(1))}${linesPart('Known failures', knownLines(run).slice(1))}${linesPart(comparison ?? '', compared)}${kernelPart(run)}${coveragePart(run)}${linesPart('Failed allocations', faultLines(run).slice(1))}${linesPart('Notes', notes)}${cells}</main>
<script type="application/json" id="logs">${trusted(JSON.stringify(packed))}</script><script>${trusted(script)}</script></body></html>
`;
  return page.text;
}
