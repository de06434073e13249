import { stripVTControlCharacters } from 'node:util';
import { type Cell, isFlaky, isGood, type Run } from '../model/index.ts';
import { noPaint, type Paint } from './paint.ts';
import { oneLine, outcomeWords } from './words.ts';

/** What stands in one field: `pass 34`, `built`, `known 1/34`, `FAIL test 2/36`, `FAIL build`, `not run`; after it the marks of the legend. */
export function fieldWords(cell: Cell | undefined, paint: Paint = noPaint): string {
  if (!cell) return paint('-', 'dim');
  const marks = `${cell.cases.some(isFlaky) ? ' ~' : ''}${cell.taken !== undefined ? ' ^' : cell.reused ? ' =' : ''}`;
  if (cell.outcome === 'not-run') return paint(cell.blame === 'host' ? `INFRA ${cell.stage}` : 'not run', 'yellow');
  if (isGood(cell.outcome)) {
    const passed = cell.cases.filter((one) => one.outcome === 'pass').length;
    const known = cell.cases.filter((one) => one.outcome === 'known').length;
    const ran = known > 0 ? ` ${known}/${passed + known}` : ` ${passed}`;
    if (cell.buildOnly && cell.outcome === 'pass') return `${paint('built', 'green')}${marks}`;
    const count = passed + known > 0 ? ran : cell.stage === 'test' ? '' : ` ${cell.stage}`;
    return `${paint(outcomeWords[cell.outcome], cell.outcome === 'pass' ? 'green' : 'yellow')}${count}${marks}`;
  }
  const bad = cell.cases.filter((one) => !isGood(one.outcome)).length;
  const share = bad > 0 ? ` ${bad}/${cell.cases.filter((one) => one.outcome !== 'skip').length}` : '';
  return `${paint(`${outcomeWords[cell.outcome]} ${cell.stage}`, 'red')}${share}${marks}`;
}

/** Finds cells by point and target. */
export function cellIndex(run: Run): (point: number, target: string) => Cell | undefined {
  const cells = new Map(run.cells.map((cell) => [`${cell.point}\0${cell.target}`, cell]));
  return (point, target) => cells.get(`${point}\0${target}`);
}

/** What a point is called in the matrix. */
export function rowName(run: Run, point: number): string {
  return oneLine(point === 0 ? `(base: ${run.tree.name})` : (run.series.patches[point - 1]?.name ?? ''));
}

/** The matrix for a terminal that is too narrow for a column of each target: a line for each cell, under its point. */
function stacked(run: Run, paint: Paint): string {
  const find = cellIndex(run);
  const width = run.targets.reduce((widest, { length }) => Math.max(widest, length), 0);
  return run.points
    .flatMap((point) => [
      ` ${point} ${rowName(run, point)}`,
      ...run.targets.map((target) => `     ${target.padEnd(width)}  ${fieldWords(find(point, target), paint)}`),
    ])
    .join('\n');
}

/**
 * The matrix: a line for each point, a column for each target.
 *
 * @param columns the width of the terminal that shows it
 */
export function renderMatrix(run: Run, paint: Paint = noPaint, columns = Number.POSITIVE_INFINITY): string {
  const find = cellIndex(run);
  const rows = [
    ['point', 'patch', ...run.targets],
    ...run.points.map((point) => [
      String(point),
      rowName(run, point),
      ...run.targets.map((target) => fieldWords(find(point, target), paint)),
    ]),
  ];
  const lengths = rows.map((row) => row.map((text) => stripVTControlCharacters(text).length));
  const widths = (rows[0] ?? []).map((_, column) =>
    lengths.reduce((widest, row) => Math.max(widest, row[column] ?? 0), 0),
  );
  const width = widths.reduce((sum, one) => sum + one + 4, -2);
  if (width > columns) return stacked(run, paint);
  const lines = rows.map((row, at) =>
    row
      .map((text, column) => text + ' '.repeat((widths[column] ?? 0) - (lengths[at]?.[column] ?? 0)))
      .join('    ')
      .trimEnd(),
  );
  return [` ${lines[0] ?? ''}`, '─'.repeat(width), ...lines.slice(1).map((line) => ` ${line}`)].join('\n');
}
