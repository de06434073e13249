import {
  type CaseResult,
  type Cell,
  defined,
  faultWords,
  isGood,
  type KnownFailure,
  type Run,
} from '../model/index.ts';
import { rateWords } from './findings.ts';
import { symbolChangeWords, symbolWords } from './symbols.ts';
import { verdictWords } from './text.ts';
import { sandboxLine } from './words.ts';

/** A description must not hold what TAP reads as a directive or an escape. */
function escape(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('#', '\\#').replaceAll('\n', ' ');
}

function yamlBlock(fields: Readonly<Record<string, string>>, excerpt: readonly string[], indent: string): string[] {
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  if (excerpt.length > 0) lines.push('excerpt: |', ...excerpt.map((line) => `  ${line.replaceAll('\t', '        ')}`));
  return ['---', ...lines, '...'].map((line) => `${indent}  ${line}`);
}

/** TAP's own word for a failure that is known and does not count. */
function todo({ was, why, until }: KnownFailure): string {
  return ` # TODO known ${was}${until === undefined ? '' : ` until ${until}`}: ${escape(why)}`;
}

function caseLines(one: CaseResult, index: number): string[] {
  const name = escape(`${one.suite}: ${one.name}`);
  const good = one.outcome === 'pass' || one.outcome === 'skip';
  const directive = one.known
    ? todo(one.known)
    : one.outcome === 'skip'
      ? ` # SKIP ${escape(one.reason ?? '')}`.trimEnd()
      : '';
  const line = `    ${good ? 'ok' : 'not ok'} ${index} - ${name}${directive}`;
  // TAP has no word for a flaky case; what belongs to a test stands in its block, also when it passed.
  const failed = one.tries && { failed: rateWords(one.tries) };
  const faults = one.faults && { faults: faultWords(one.faults) };
  if (good) {
    const told = { ...(failed && { flaky: 'true', ...failed }), ...faults };
    return Object.keys(told).length > 0 ? [line, ...yamlBlock(told, [], '    ')] : [line];
  }
  const fields = {
    outcome: one.outcome,
    ...failed,
    blame: one.cause?.blame ?? 'kernel',
    message: one.cause?.summary ?? one.outcome,
    ...faults,
    ...defined({ reproduce: one.reproduce }),
  };
  return [line, ...yamlBlock(fields, one.cause?.excerpt ?? [], '    ')];
}

function cellLines(cell: Cell, index: number): string[] {
  const only = cell.buildOnly ? ' (built only)' : '';
  const name = escape(`point ${cell.point}${cell.patch === null ? '' : ` ${cell.patch}`} on ${cell.target}${only}`);
  const good = isGood(cell.outcome);
  const skipped =
    (good && cell.outcome !== 'pass' && cell.outcome !== 'known') ||
    (cell.outcome === 'not-run' && cell.blame !== 'host');
  const reason = cell.cause?.summary ?? (cell.outcome === 'skip' ? 'every case was skipped' : 'not run');
  const directive = cell.known ? todo(cell.known) : skipped ? ` # SKIP ${escape(reason)}` : '';
  const lines: string[] = [];
  if (cell.cases.length > 0) {
    lines.push(
      `    # Subtest: ${name}`,
      ...cell.cases.flatMap((one, at) => caseLines(one, at + 1)),
      `    1..${cell.cases.length}`,
    );
  }
  lines.push(`${(good && !cell.known) || skipped ? 'ok' : 'not ok'} ${index} - ${name}${directive}`);
  if (!good && !skipped) {
    const fields = {
      stage: cell.stage,
      outcome: cell.outcome,
      blame: cell.blame ?? 'kernel',
      message: cell.cause?.summary ?? cell.outcome,
      ...(cell.reproduce === null ? {} : { reproduce: cell.reproduce }),
    };
    lines.push(...yamlBlock(fields, cell.cause?.excerpt ?? [], ''));
  }
  const symbols = cell.changes?.symbols;
  if (symbols && symbols.largest.length > 0)
    lines.push(`# symbols: ${symbolWords(symbols)}`, `#   ${symbols.largest.map(symbolChangeWords).join(', ')}`);
  return lines;
}

/** TAP version 14: a test point for each cell, its cases as a subtest; one more, which fails, where no case ran. */
export function renderTap(run: Run): string {
  const body = run.cells.flatMap((cell, index) => cellLines(cell, index + 1));
  const sandbox = sandboxLine(run);
  const comments = sandbox === undefined ? [] : [`# ${sandbox}`];
  const untested = run.verdict === 'untested';
  const count = run.cells.length + (untested ? 1 : 0);
  const verdict = untested ? [`not ok ${count} - ${escape(verdictWords(run))}`] : [];
  return ['TAP version 14', ...comments, `1..${count}`, ...body, ...verdict, ''].join('\n');
}
