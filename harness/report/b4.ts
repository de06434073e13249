import { type Cell, isFlaky, isGood, type Run } from '../model/index.ts';
import { baseWords } from './base.ts';
import { flakyWords, stories } from './findings.ts';
import { fieldWords } from './matrix.ts';
import { alsoLines, cellName, cellVerdict } from './text.ts';
import { sandboxLine } from './words.ts';

/** One result of b4's protocol for external checks. */
export interface PatchCheck {
  /** Heads a column. */
  readonly tool: string;
  readonly status: 'pass' | 'warn' | 'fail';
  readonly summary: string;
  readonly details: string;
}

/** Whether everything that fails in a cell failed at an earlier point already: not this patch's doing. */
function isInherited(run: Run, { point, target }: Cell): boolean {
  const spans = (run.findings ?? [])
    .filter((finding) => finding.target === target)
    .flatMap((finding) => finding.spans.filter(({ from, to }) => from <= point && point <= to));
  return spans.length > 0 && spans.every(({ from }) => from < point);
}

function checkOf(run: Run, cell: Cell): PatchCheck {
  const good = isGood(cell.outcome);
  const inherited = !good && isInherited(run, cell);
  const flaky = cell.cases.filter(isFlaky).map((one) => `flaky: ${flakyWords(run, cell, one)}`);
  const status =
    cell.outcome === 'pass' && flaky.length === 0
      ? 'pass'
      : good || inherited || cell.outcome === 'not-run' || cell.blame === 'host'
        ? 'warn'
        : 'fail';
  const about = stories(run).flatMap(({ title, findings }) =>
    findings.some(
      (one) => one.target === cell.target && one.spans.some(({ from, to }) => from <= cell.point && cell.point <= to),
    )
      ? [title]
      : [],
  );
  const plain = good && cell.outcome !== 'not-covered' && cell.outcome !== 'known';
  const details = plain
    ? [cellName(cell)]
    : [
        `${cellName(cell)}: ${cellVerdict(cell)}`,
        cell.cause?.summary ?? '',
        ...(cell.cause?.excerpt ?? []),
        ...alsoLines(cell),
        ...about,
        ...[baseWords(run, cell) ?? []].flat().map((base) => `base: ${base}`),
        ...(cell.reproduce === null ? [] : [`reproduce: ${cell.reproduce}`]),
      ];
  const summary = plain
    ? fieldWords(cell)
    : `${fieldWords(cell)}: ${inherited ? 'failed before this patch: ' : ''}${cell.cause?.summary ?? ''}`;
  const more = [sandboxLine(run) ?? [], `run: ${run.id}`].flat();
  return {
    tool: `quiltboot-${cell.target.replaceAll(/[^\w-]+/g, '-')}`,
    status,
    summary,
    details: [...details, ...flaky, ...more].join('\n'),
  };
}

/** What a run says of one of its points, a result for each target. */
export function pointChecks(run: Run, point: number): PatchCheck[] {
  return run.cells.filter((cell) => cell.point === point).map((cell) => checkOf(run, cell));
}
