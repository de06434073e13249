import { type CheckFinding, type CheckOutcome, type CheckReport, groupBy } from '../model/index.ts';
import { noPaint, type Paint } from './paint.ts';
import { firstOf, oneLine, plural } from './words.ts';

const most = 20;

/** `ok`, `2`, `FAIL 1`, `n/a`: what stands in a field. */
function field(outcome: CheckOutcome | undefined): {
  readonly text: string;
  readonly tone: 'green' | 'yellow' | 'red';
} {
  if (outcome?.kind !== 'ran') return { text: 'n/a', tone: 'yellow' };
  const { findings } = outcome;
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  if (errors > 0) return { text: `FAIL ${findings.length}`, tone: 'red' };
  return findings.length === 0 ? { text: 'ok', tone: 'green' } : { text: `warn ${findings.length}`, tone: 'yellow' };
}

function findingWords({ file, line, text }: CheckFinding): string {
  const place = file === undefined ? '' : `${file}${line === undefined ? '' : `:${line}`}: `;
  return oneLine(`${place}${text}`);
}

/** The worst of all checks: a check that did not run is no pass. */
export function checkVerdict({ patches }: CheckReport): 'pass' | 'warn' | 'fail' | 'untested' {
  const all = patches.flatMap(({ checks }) => Object.values(checks));
  const findings = all.flatMap((one) => (one.kind === 'ran' ? one.findings : []));
  if (findings.some(({ severity }) => severity === 'error')) return 'fail';
  if (findings.length > 0) return 'warn';
  return all.some(({ kind }) => kind === 'cannot') ? 'untested' : 'pass';
}

/** What each check says of each patch: a table, every finding, and which checks could not run. */
export function renderCheck(report: CheckReport, paint: Paint = noPaint): string {
  const { columns, patches } = report;
  const heads = ['point', 'patch', ...columns];
  const rows = patches.map(({ point, patch, checks }) => [
    { text: String(point), tone: undefined },
    { text: oneLine(patch), tone: undefined },
    ...columns.map((name) => field(checks[name])),
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.text.length ?? 0)),
  );
  const pad = (text: string, column: number): string => ' '.repeat((widths[column] ?? 0) - text.length);
  const lines = [
    heads
      .map((text, column) => text + pad(text, column))
      .join('  ')
      .trimEnd(),
    ...rows.map((row) =>
      row
        .map(({ text, tone }, column) => (tone === undefined ? text : paint(text, tone)) + pad(text, column))
        .join('  ')
        .trimEnd(),
    ),
  ];
  const found = patches.flatMap(({ point, patch, checks }) =>
    columns.flatMap((name) => {
      const outcome = checks[name];
      if (outcome?.kind !== 'ran' || outcome.findings.length === 0) return [];
      const told = outcome.findings.map((one) => `  ${one.severity}: ${findingWords(one)}`);
      return ['', `${point}/${patches.length} ${oneLine(patch)}, ${name}:`, ...firstOf(told, most)];
    }),
  );
  const missing = patches.flatMap(({ patch, checks }) =>
    columns.flatMap((name) => {
      const outcome = checks[name];
      return outcome?.kind === 'cannot' ? [{ patch, text: `${name}: ${oneLine(outcome.why)}` }] : [];
    }),
  );
  const reasons = [...groupBy(missing, ({ text }) => text)].map(
    ([text, list]) => `  ${text} (${plural(list.length, 'patch', 'patches')})`,
  );
  return [
    `${oneLine(report.series)} on ${oneLine(report.tree)}, ${report.target}`,
    '',
    ...lines,
    ...found,
    ...(reasons.length === 0 ? [] : ['', 'could not run, which is no pass:', ...reasons]),
    '',
    `verdict: ${checkVerdict(report)}`,
    '',
  ].join('\n');
}
