import {
  type CaseResult,
  type Cause,
  type Cell,
  faultWords,
  groupBy,
  isFlaky,
  isGood,
  type SymbolChange,
  type SymbolChanges,
} from '../../model/index.ts';
import { compiledWords } from '../compiled.ts';
import { optionList } from '../kernel-changes.ts';
import { symbolWords } from '../symbols.ts';
import { cellName, cellVerdict } from '../text.ts';
import { outcomeWords, plural, signed, sizeWords } from '../words.ts';
import { logAddress, placesOf } from './address.ts';
import type { LogMark, ShownLog } from './logs.ts';
import { html, type Markup } from './markup.ts';

/** Anchor of a cell in the page. */
export function cellId({ point, target }: Pick<Cell, 'point' | 'target'>): string {
  return `cell-${point}-${target}`;
}

/** A reader of logs: what the page shows for a path. */
export type FindLog = (path: string | undefined) => ShownLog | undefined;

/** Reports that are listed above a log. */
const mostMarks = 20;

function marksPart(address: string, marks: readonly LogMark[]): Markup | null {
  if (marks.length === 0) return null;
  const rest = marks.length - mostMarks;
  const links = marks
    .slice(0, mostMarks)
    .map(({ line, title }) => html`<li><a href="#${address}:${line}">line ${line}</a>: ${title}</li>`);
  return html`<ul class="quiet">${links}${rest > 0 ? html`<li>and ${rest} more</li>` : null}</ul>`;
}

function logPart(cell: Cell, shown: ShownLog | undefined): Markup | null {
  if (!shown) return null;
  const { path, index, log } = shown;
  const note = shown.note === '' ? '' : ` (${shown.note})`;
  if (index === undefined) return html`<p class="quiet">log ${path}${note}</p>`;
  const address = logAddress(cell, path);
  const marks = log?.marks ?? [];
  return html`<details data-log="${index}" id="${address}" data-first="${(log?.skippedLines ?? 0) + 1}" data-marks="${JSON.stringify(marks.map(({ line, lines }) => [line, lines]))}"><summary>log ${path}${note}</summary>${marksPart(address, marks)}<pre tabindex="0">The script of this page unpacks the log.</pre></details>`;
}

/** The lines of an excerpt, each with an address: that of its line in the log, where the log has it. */
function excerpt(cell: Cell, { excerpt: lines, log }: Pick<Cause, 'excerpt' | 'log'>, findLog: FindLog): Markup | null {
  if (lines.length === 0) return null;
  const places = placesOf(lines, findLog(log)?.log);
  const address = logAddress(cell, log ?? cell.stage);
  const seen = new Set<string>();
  const line = (text: string, index: number): Markup => {
    const id = `${address}:${places[index] ?? `excerpt-${index + 1}`}`;
    if (seen.has(id)) return html`${text}`;
    seen.add(id);
    return html`<a class="at" id="${id}" href="#${id}" tabindex="-1">${text}</a>`;
  };
  return html`<pre tabindex="0">${lines.map((text, index) => [index === 0 ? '' : '\n', line(text, index)])}</pre>`;
}

function triesWords({ tries }: CaseResult): string {
  return tries === undefined ? '' : `, failed ${tries.failed} of ${plural(tries.runs, 'time')}`;
}

/** Why a failure does not count. */
function knownPart({ known }: Pick<CaseResult, 'known'>): Markup | null {
  if (!known) return null;
  return html`<p>known ${outcomeWords[known.was]}${known.until === undefined ? null : ` until ${known.until}`}: ${known.why}</p>`;
}

/** A case that a reader wants to know more of: one that failed, or that did so once. */
function badCase(cell: Cell, one: CaseResult, findLog: FindLog, said: boolean): Markup {
  const { cause } = one;
  const flaky = isFlaky(one) && one.outcome === 'pass';
  return html`<div class="case"><h4><span class="${flaky ? 'flaky' : one.outcome}">${flaky ? 'flaky' : outcomeWords[one.outcome]}</span> ${one.suite}: ${one.name}</h4>
<p>${cause?.summary ?? ''}${triesWords(one)}${cause ? html` <span class="quiet">blame: ${cause.blame}</span>` : null}</p>${knownPart(one)}
${said || !cause ? null : [excerpt(cell, cause, findLog), logPart(cell, findLog(cause.log))]}${said || one.reproduce === undefined ? null : html`<pre class="command">${one.reproduce}</pre>`}</div>
`;
}

function plainCases(title: string, cases: readonly CaseResult[]): Markup {
  return html`<details><summary>${title}</summary><ul>${cases.map((one) => html`<li>${one.name}${[one.reason, one.faults && faultWords(one.faults)].map((more) => (more === undefined ? null : html` <span class="quiet">${more}</span>`))}</li>`)}</ul></details>
`;
}

function casesPart(cell: Cell, findLog: FindLog): Markup[] {
  const telling = cell.cases.filter(
    (one) => !isGood(one.outcome) || one.known !== undefined || one.tries !== undefined,
  );
  const plain = cell.cases.filter((one) => !telling.includes(one));
  const suites = groupBy(plain, (one) => `${one.suite}\0${one.outcome}`);
  return [
    // The first one's excerpt stands above, as the cell's own.
    ...telling.map((one) =>
      badCase(cell, one, findLog, one.cause?.log !== undefined && one.cause.log === cell.cause?.log),
    ),
    ...[...suites.values()].map((cases) =>
      plainCases(`${cases[0]?.suite ?? ''}: ${cases.length} ${cases[0]?.outcome ?? ''}`, cases),
    ),
  ];
}

/** What the kernel has more and less of, and the largest differences by name. */
function symbolsPart(symbols: SymbolChanges): Markup {
  const bytes = (value: number | null): string => value?.toLocaleString('en-US') ?? '';
  const row = ({ name, before, now }: SymbolChange): Markup =>
    html`<tr><th scope="row" class="name">${name}</th><td class="number">${bytes(before)}</td><td class="number">${bytes(now)}</td><td class="number">${signed((now ?? 0) - (before ?? 0))}</td></tr>
`;
  return html`<details><summary>${symbolWords(symbols)}</summary><div class="scroll"><table><thead><tr><th scope="col">largest</th><th scope="col">before</th><th scope="col">now</th><th scope="col">bytes</th></tr></thead><tbody>
${symbols.largest.map(row)}</tbody></table></div></details>
`;
}

function changesPart({ changes, diagnostics }: Cell): Markup | null {
  const fresh = diagnostics?.fresh ?? [];
  if (!changes && fresh.length === 0) return null;
  const symbols = changes?.symbols;
  return html`<p class="quiet">${changes?.size ? `size since point ${changes.since}: ${sizeWords(changes.size)}. ` : null}${changes && changes.config.length > 0 ? `options: ${optionList(changes.config, 40)}. ` : null}${fresh.length > 0 ? plural(fresh.length, 'new warning') : null}</p>
${fresh.length === 0 ? null : html`<ul>${fresh.map(({ file, line, message }) => html`<li>${file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `}${message}</li>`)}</ul>`}${symbols && symbols.largest.length > 0 ? symbolsPart(symbols) : null}`;
}

function stagesPart(cell: Cell): Markup {
  const words = Object.entries(cell.stages).map(
    ([stage, { outcome, ms, reused }]) => `${stage} ${outcome}${reused ? ' =' : ` ${(ms / 1000).toFixed(1)} s`}`,
  );
  const compiled = compiledWords(cell);
  return html`<p class="quiet">${words.join(' · ')}${compiled === undefined ? null : ` · ${compiled}`}</p>`;
}

/** One field of the matrix in full: why, the command that repeats it, its cases and its logs. */
export function cellPart(
  cell: Cell,
  { open, base }: { readonly open: boolean; readonly base?: string },
  findLog: FindLog,
): Markup {
  const { cause, logs, reproduce } = cell;
  const own = new Set([cause?.log, ...cell.cases.map((one) => one.cause?.log)]);
  const others = [logs['boot.log'], logs['build.log']].filter((log) => log !== undefined && !own.has(log));
  return html`<details class="cell" id="${cellId(cell)}"${open ? html` open` : null}><summary><h3>${cellName(cell)}: <span class="${cell.blame === 'host' ? 'infra' : cell.outcome}">${isGood(cell.outcome) ? outcomeWords[cell.outcome] : cellVerdict(cell)}</span></h3></summary>
${stagesPart(cell)}${knownPart(cell)}${cause ? html`<p>${cause.summary}</p>${excerpt(cell, cause, findLog)}${logPart(cell, findLog(cause.log))}` : null}${base === undefined ? null : html`<p>Base: ${base}.</p>`}
${reproduce === null ? null : html`<p>Reproduce:</p><pre class="command">${reproduce}</pre>`}
${changesPart(cell)}${casesPart(cell, findLog)}${others.map((log) => logPart(cell, findLog(log)))}</details>
`;
}
