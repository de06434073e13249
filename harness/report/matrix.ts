import Table from 'cli-table3';
import type { CaseResult, Cell, Outcome, Run } from '../model/index.ts';

const words: Readonly<Record<Outcome, string>> = {
  pass: 'pass',
  fail: 'FAIL',
  skip: 'skip',
  crash: 'CRASH',
  timeout: 'TIMEOUT',
  'not-run': 'not run',
};

/** Wraps a text in a terminal's colour when colours are wanted. */
export type Paint = (text: string, colour: 'red' | 'green' | 'yellow' | 'dim' | 'bold') => string;

export const noPaint: Paint = (text) => text;

export const ansiPaint: Paint = (text, colour) => {
  const code = { red: 31, green: 32, yellow: 33, dim: 2, bold: 1 }[colour];
  return `\u001b[${code}m${text}\u001b[0m`;
};

function isGood(outcome: Outcome): boolean {
  return outcome === 'pass' || outcome === 'skip';
}

/** What stands in one field: `pass 34`, `FAIL test 2/36`, `FAIL build`, `not run`. */
function field(cell: Cell | undefined, paint: Paint): string {
  if (!cell) return paint('-', 'dim');
  const equal = cell.reused ? ' =' : '';
  if (cell.outcome === 'not-run') return paint(cell.blame === 'host' ? `INFRA ${cell.stage}` : 'not run', 'yellow');
  if (isGood(cell.outcome)) {
    const passed = cell.cases.filter((one) => one.outcome === 'pass').length;
    const count = passed > 0 ? ` ${passed}` : cell.stage === 'test' ? '' : ` ${cell.stage}`;
    return `${paint(words[cell.outcome], 'green')}${count}${equal}`;
  }
  const bad = cell.cases.filter((one) => !isGood(one.outcome)).length;
  const share = bad > 0 ? ` ${bad}/${cell.cases.filter((one) => one.outcome !== 'skip').length}` : '';
  return `${paint(`${words[cell.outcome]} ${cell.stage}`, 'red')}${share}${equal}`;
}

/** The matrix: a line for each point, a column for each target. */
export function renderMatrix(run: Run, paint: Paint = noPaint): string {
  const table = new Table({
    head: ['point', 'patch', ...run.targets],
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      right: '',
      'right-mid': '',
      mid: '─',
      'mid-mid': '─',
      middle: '  ',
    },
  });
  for (const point of run.points) {
    const patch = point === 0 ? `(base: ${run.tree.name})` : (run.series.patches[point - 1]?.name ?? '');
    const cells = run.targets.map((target) => run.cells.find((cell) => cell.point === point && cell.target === target));
    table.push([String(point), patch, ...cells.map((cell) => field(cell, paint))]);
  }
  return table
    .toString()
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n');
}

function failedCases(cell: Cell): readonly CaseResult[] {
  return cell.cases.filter((one) => !isGood(one.outcome));
}

function describeCell(cell: Cell, paint: Paint): string[] {
  const name = `point ${cell.point}${cell.patch === null ? '' : ` (${cell.patch})`} on ${cell.target}`;
  const lines = [paint(`${name}: ${words[cell.outcome]} in ${cell.stage}, blame: ${cell.blame ?? 'none'}`, 'bold')];
  if (cell.cause) {
    lines.push(`  ${cell.cause.summary}`);
    lines.push(...cell.cause.excerpt.map((line) => paint(`  | ${line}`, 'dim')));
    lines.push(...(cell.cause.advice ?? []).map((line) => `  > ${line}`));
    if (cell.cause.log !== undefined) lines.push(`  log: ${cell.cause.log}`);
  }
  const others = failedCases(cell).slice(1, 20);
  lines.push(...others.map((one) => `  also ${one.outcome}: ${one.suite}: ${one.name}`));
  if (cell.reproduce !== null) lines.push(`  reproduce: ${cell.reproduce}`);
  return lines;
}

function countLine(run: Run): string {
  const show = (counts: Readonly<Record<Outcome, number>>): string =>
    Object.entries(counts)
      .filter(([, count]) => count > 0)
      .map(([outcome, count]) => `${count} ${words[outcome as Outcome]}`)
      .join(', ') || 'none';
  return `cells: ${show(run.counts.cells)}; cases: ${show(run.counts.cases)}`;
}

/** The report for people: matrix, then every failure with its reason and the command that repeats it. */
export function renderText(run: Run, paint: Paint = noPaint): string {
  const bad = run.cells.filter(
    (cell) => !isGood(cell.outcome) && (cell.outcome !== 'not-run' || cell.blame === 'host'),
  );
  const left = run.cells.filter((cell) => cell.outcome === 'not-run' && cell.blame !== 'host');
  const reasons = [...new Set(left.map((cell) => cell.cause?.summary ?? 'not run'))];
  const colour = { pass: 'green', fail: 'red', infra: 'yellow' } as const;
  return [
    `${run.series.name} on ${run.tree.name} (Linux ${run.tree.kernelVersion}, ${run.tree.resolved})`,
    '',
    renderMatrix(run, paint),
    ...(run.cells.some((cell) => cell.reused) ? ['', '= taken over from an earlier run with the same inputs'] : []),
    ...bad.flatMap((cell) => ['', ...describeCell(cell, paint)]),
    ...reasons.flatMap((reason) => ['', reason]),
    ...(run.notes.length > 0 ? ['', ...run.notes.map((note) => `note: ${note}`)] : []),
    '',
    countLine(run),
    `verdict: ${paint(run.verdict, colour[run.verdict])} (${(run.ms / 1000).toFixed(1)} s)`,
    '',
  ].join('\n');
}
