import type { Diagnostic, KtapCase, KtapReading, Outcome, Splat } from '../model/index.ts';
import { plural } from './words.ts';

/** Of what a failed test printed, the last lines are shown. */
const lastRemarks = 30;

/** A head with the lines below it that belong to it. */
function withBody(head: string, body: readonly string[]): string {
  return [head, ...body.map((line) => `    ${line}`)].join('\n');
}

/**
 * A report of a kernel log with its place.
 *
 * @param line index of its first line
 * @param excerpt the lines of it that matter
 * @param file how the reader knows the log
 */
export function renderSplat(
  { line, splat }: { readonly line: number; readonly splat: Splat },
  excerpt: readonly string[],
  file: string,
): string {
  const { severity, title, family } = splat;
  return `${withBody(`${file}:${line + 1}: ${severity}: ${title} [${family}]`, excerpt)}\n\n`;
}

/** A message of a build log with its place in the source and the lines that belong to it. */
export function renderDiagnostic(diagnostic: Diagnostic, lines: readonly string[]): string {
  const { file, line, column, severity, message, option, object } = diagnostic;
  const place = [file ?? object ?? 'make', line, column].filter((part) => part !== undefined).join(':');
  return `${withBody(`${place}: ${severity}: ${message}${option === undefined ? '' : ` [${option}]`}`, lines)}\n\n`;
}

const words: Readonly<Record<Outcome, string>> = {
  pass: 'passed',
  known: 'known',
  fail: 'failed',
  crash: 'crashed',
  timeout: 'timed out',
  skip: 'skipped',
  'not-run': 'not run',
  'not-covered': 'not covered',
};

function caseText({ path, outcome, summary, line, remarks }: KtapCase, file: string): string {
  const name = path.length === 0 ? '' : ` ${path.join(' / ')}`;
  const head = `${file}:${line + 1}: ${outcome}:${name}${summary === undefined ? '' : `: ${summary}`}`;
  return outcome === 'skip' ? head : withBody(head, remarks.slice(-lastRemarks));
}

/** Every test that does not pass, with its place; `file` is how the reader knows the log. */
export function renderTests({ cases, outside }: KtapReading, file: string): string {
  const told = cases.filter(({ outcome }) => outcome !== 'pass').map((one) => caseText(one, file));
  const reports = outside.map(({ line, title }) => `${file}:${line + 1}: outside of the tests: ${title}`);
  return [...told, ...reports].map((each) => `${each}\n`).join('');
}

/** `12 tests: 10 passed, 2 skipped; 1 fault outside of them`; `tests` counts them by outcome. */
export function testSummary({ cases, outside }: KtapReading, tests: Partial<Record<Outcome, number>>): string {
  const counts = Object.entries(tests) as (readonly [Outcome, number])[];
  const total = counts.reduce((sum, [, many]) => sum + many, 0);
  const faults = cases.filter(({ problem }) => problem !== undefined && problem !== 'missing').length + outside.length;
  const parts = counts.map(([outcome, many]) => `${many} ${words[outcome]}`);
  const found = `${plural(total, 'test')}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
  return faults === 0 ? found : `${found}; ${plural(faults, 'fault')} outside of them`;
}
