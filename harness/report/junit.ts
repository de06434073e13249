import junit, { type Builder } from 'junit-report-builder';
import type { CaseResult, Cause, Cell, Run } from '../model/index.ts';

/** XML 1.0 has no room for most control characters, which consoles do print. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

function details(cause: Cause | null | undefined, reproduce: string | null): string {
  const lines = [...(cause?.excerpt ?? []), ...(reproduce === null ? [] : [`reproduce: ${reproduce}`])];
  return printable(lines.join('\n'));
}

// The package's types describe an ES module, but Node loads its CommonJS build, whose export is the builder itself.
const factory = junit as unknown as Builder;

type Suite = ReturnType<Builder['testSuite']>;

function add(
  suite: Suite,
  name: string,
  one: Pick<CaseResult, 'outcome' | 'ms' | 'cause' | 'reason'>,
  where: Cell,
): void {
  const test = suite
    .testCase()
    .className(`${where.target}.${where.patch ?? 'base'}`)
    .name(printable(name))
    .time(one.ms / 1000);
  const summary = printable(one.cause?.summary ?? one.reason ?? one.outcome);
  if (one.outcome === 'skip' || (one.outcome === 'not-run' && one.cause?.blame !== 'host')) test.skipped();
  else if (one.outcome === 'not-run' || one.cause?.blame === 'host')
    test.error(summary, 'infra', details(one.cause, where.reproduce));
  else if (one.outcome !== 'pass') test.failure(`${summary}\n${details(one.cause, where.reproduce)}`, one.outcome);
}

/** JUnit XML: a suite for each cell, a case for each stage that is not a test, and one for each case. */
export function renderJunit(run: Run): string {
  const builder = factory.newBuilder();
  for (const cell of run.cells) {
    const suite = builder.testSuite().name(`${run.series.name} ${cell.point} ${cell.target}`);
    for (const [stage, result] of Object.entries(cell.stages)) {
      const failedHere = stage === cell.stage && cell.outcome !== 'pass';
      if (stage === 'test') continue;
      add(
        suite,
        stage,
        { outcome: result.outcome, ms: result.ms, ...(failedHere && cell.cause ? { cause: cell.cause } : {}) },
        cell,
      );
    }
    for (const one of cell.cases) add(suite, `${one.suite}: ${one.name}`, one, cell);
    if (cell.outcome === 'not-run' || (cell.stage === 'test' && cell.cases.length === 0)) {
      add(suite, cell.stage, { outcome: cell.outcome, ms: 0, ...(cell.cause ? { cause: cell.cause } : {}) }, cell);
    }
  }
  return builder.build();
}
