import { stripVTControlCharacters } from 'node:util';
import {
  type Cell,
  groupBy,
  isFlaky,
  isGood,
  type Outcome,
  otherFailures,
  type Run,
  uncoveredCells,
} from '../model/index.ts';

import { baseWords } from './base.ts';
import { comparisonLines } from './comparison.ts';
import { compiledLines } from './compiled.ts';
import { coverageLines, unmeasuredWords } from './coverage.ts';
import { faultLines, unsweptWords } from './faults.ts';
import { findingLines, flakyLines } from './findings.ts';
import { kernelChangeLines } from './kernel-changes.ts';
import { knownCount, knownLines } from './known.ts';
import { renderMatrix } from './matrix.ts';
import { noPaint, type Paint } from './paint.ts';
import { firstOf, numberRanges, oneLine, outcomeWords, sandboxLine, shardWords, subjectWords } from './words.ts';

const mostOthers = 20;

/** `point 3 (a.patch) on s390x` */
export function cellName(cell: Cell): string {
  return `point ${cell.point}${cell.patch === null ? '' : ` (${oneLine(cell.patch)})`} on ${cell.target}`;
}

/** Cells that a report has to explain: bad ones, those that the machine failed, and those that are not covered. */
export function cellsToExplain(run: Run): Cell[] {
  const uncovered = new Set(uncoveredCells(run));
  return run.cells.filter(
    (cell) => uncovered.has(cell) || (!isGood(cell.outcome) && (cell.outcome !== 'not-run' || cell.blame === 'host')),
  );
}

/** `FAIL in build, blame: kernel [QB-BUILD-ERROR]` */
export function cellVerdict(cell: Cell): string {
  const code = cell.code ? ` [${cell.code}]` : '';
  if (isGood(cell.outcome)) return `${outcomeWords[cell.outcome]}${code}`;
  return `${outcomeWords[cell.outcome]} in ${cell.stage}, blame: ${cell.blame ?? 'none'}${code}`;
}

/** What else fails in a cell, beside the case that its reason is about. */
export function alsoLines({ cases }: Cell): string[] {
  const others = otherFailures(cases);
  const shown = others.slice(0, mostOthers).map((one) => {
    const why = one.cause === undefined ? '' : `: ${oneLine(one.cause.summary)}`;
    return `also ${one.outcome}: ${subjectWords({ stage: 'test', ...one })}${why}`;
  });
  return others.length > mostOthers ? [...shown, `and ${others.length - mostOthers} more`] : shown;
}

function describeCell(run: Run, { cell, sameAt }: Failure, paint: Paint): string[] {
  const lines = [paint(`${cellName(cell)}: ${cellVerdict(cell)}`, 'bold')];
  if (cell.cause) {
    lines.push(`  ${oneLine(cell.cause.summary)}`);
    lines.push(...cell.cause.excerpt.map((line) => paint(`  | ${stripVTControlCharacters(line)}`, 'dim')));
    lines.push(...(cell.cause.advice ?? []).map((line) => `  > ${stripVTControlCharacters(line)}`));
    if (cell.cause.log !== undefined) lines.push(`  log: ${oneLine(cell.cause.log)}`);
  }
  lines.push(...alsoLines(cell).map((line) => `  ${line}`));
  const base = baseWords(run, cell);
  if (base !== undefined) lines.push(`  base: ${base}`);
  if (cell.reproduce !== null) lines.push(`  reproduce: ${cell.reproduce}`);
  if (sameAt.length > 0) lines.push(`  the same at ${numberRanges(sameAt)}`);
  return lines;
}

/** Everything that sets a failure apart from another one; excerpts have addresses and times in them. */
function failureKey(cell: Cell): string {
  const cases = cell.cases.filter((one) => !isGood(one.outcome)).map((one) => [one.suite, one.name, one.outcome]);
  return JSON.stringify([cell.target, cell.stage, cell.outcome, cell.blame, cell.cause?.summary, cases]);
}

/** A failure, and the later points on the same target that fail in the very same way. */
export interface Failure {
  readonly cell: Cell;
  readonly sameAt: readonly number[];
}

/** Each failure once, in the order of the cells. */
export function failures(run: Run): Failure[] {
  const found: { readonly cell: Cell; readonly sameAt: number[] }[] = [];
  const latest = new Map<string, { readonly key: string; readonly sameAt: number[] }>();
  const explained = new Set(cellsToExplain(run));
  for (const cell of run.cells) {
    const before = latest.get(cell.target);
    if (!explained.has(cell)) {
      latest.delete(cell.target);
      continue;
    }
    const key = failureKey(cell);
    if (before?.key === key) {
      before.sameAt.push(cell.point);
      continue;
    }
    const sameAt: number[] = [];
    found.push({ cell, sameAt });
    latest.set(cell.target, { key, sameAt });
  }
  return found;
}

/** `cells: 22 pass; cases: 2290 pass, 1384 skip` */
export function countLine(run: Run): string {
  const show = (counts: Readonly<Record<Outcome, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${outcomeWords[outcome as Outcome]}`)
      .join(', ') || 'none';
  return `cells: ${show(run.counts.cells)}; cases: ${show(run.counts.cases)}`;
}

/** `pass`, `pass, 2 known failures`, or `untested: no case ran, 12 were skipped`, or `untested: not compiled: a.patch on s390x` */
export function verdictWords(run: Run): string {
  const { verdict, counts } = run;
  if (verdict === 'mistake') return 'mistake: fix what is blamed on the user and run again';
  if (verdict !== 'untested') return `${verdict}${knownCount(run)}`;
  const uncovered = uncoveredCells(run);
  if (uncovered.length === 0 && counts.cells['not-run'] > 0) return 'untested: cells were not run';
  if (uncovered.length === 0) return `untested: no case ran, ${counts.cases.skip} were skipped`;
  const unmeasured = [...unmeasuredWords(uncovered), ...unsweptWords(uncovered)];
  if (unmeasured.length > 0) return `untested: ${unmeasured.join('; ')}`;
  const patches = [...groupBy(uncovered, ({ point }) => point).values()].map((some) => {
    return oneLine(`${some[0]?.patch ?? ''} on ${some.map(({ target }) => target).join(', ')}`);
  });
  return `untested: not compiled: ${firstOf(patches, 3).join('; ')}`;
}

/** `container on linux-6.1 (Linux 6.1.192, linux-source-6.1 6.1.192-2)` */
export function runTitle(run: Run): string {
  const shard = run.shard ? `, ${shardWords(run.shard)}` : '';
  return oneLine(
    `${run.series.name} on ${run.tree.name} (Linux ${run.tree.kernelVersion}, ${run.tree.resolved})${shard}`,
  );
}

/** Why cells were left out, each reason once. */
export function reasonsNotRun(run: Run): string[] {
  const left = run.cells.filter((cell) => cell.outcome === 'not-run' && cell.blame !== 'host');
  return [...new Set(left.map((cell) => oneLine(cell.cause?.summary ?? 'not run')))];
}

/** Who signed what was taken over. */
function signers({ cells }: Run): string[] {
  return [...new Set(cells.map(({ taken }) => taken).filter((by) => by !== undefined))].sort();
}

/** What the marks of the matrix mean, as far as they are there. */
function legend(run: Run): string[] {
  const lines = [
    ...signers(run).map((by) => `^ taken over from a store that machines share, signed by ${by}`),
    ...(run.cells.some((cell) => cell.reused && cell.taken === undefined)
      ? ['= taken over from an earlier run with the same inputs']
      : []),
    ...(run.cells.some(({ cases }) => cases.some(isFlaky)) ? ['~ has a flaky case'] : []),
    ...(run.cells.length < run.points.length * run.targets.length && run.shard ? ['- is for another shard'] : []),
  ];
  return lines.length > 0 ? ['', ...lines] : [];
}

function section(lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', ...lines];
}

/**
 * The report for people: matrix, every failure with its reason and the command that repeats it, what follows from it. Lines
 * of words are left to the terminal to wrap, so that a command can be copied; the matrix fits into its columns.
 */
export function renderText(run: Run, paint: Paint = noPaint, columns?: number): string {
  const colour = { pass: 'green', fail: 'red', infra: 'yellow', untested: 'yellow', mistake: 'red' } as const;
  return [
    runTitle(run),
    ...[sandboxLine(run) ?? []].flat(),
    '',
    renderMatrix(run, paint, columns),
    ...legend(run),
    ...failures(run).flatMap((failure) => ['', ...describeCell(run, failure, paint)]),
    ...section(findingLines(run)),
    ...section(flakyLines(run)),
    ...section(knownLines(run)),
    ...section(comparisonLines(run)),
    ...section(kernelChangeLines(run)),
    ...section(compiledLines(run)),
    ...section(coverageLines(run)),
    ...section(faultLines(run)),
    ...section(reasonsNotRun(run)),
    ...section(run.notes.map((note) => `note: ${oneLine(note)}`)),
    '',
    countLine(run),
    `verdict: ${paint(verdictWords(run), colour[run.verdict])} (${(run.ms / 1000).toFixed(1)} s)`,
    '',
  ].join('\n');
}
