import { allPass, countTests, type KtapCase, type KtapReading } from '../ktap/index.ts';
import type { Outcome } from '../model/index.ts';

/** Of what a failed test printed, the last lines are shown. */
const shownRemarks = 30;

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

/** Whether tests passed, nothing failed, and the kernel said nothing bad around them. */
export function isPassed({ cases, outside }: KtapReading): boolean {
  return allPass(cases) && outside.length === 0;
}

function caseText({ path, outcome, summary, line, remarks }: KtapCase, file: string): string {
  const name = path.length === 0 ? '' : ` ${path.join(' / ')}`;
  const head = `${file}:${line + 1}: ${outcome}:${name}${summary === undefined ? '' : `: ${summary}`}`;
  if (outcome === 'skip') return head;
  return [head, ...remarks.slice(-shownRemarks).map((each) => `    ${each}`)].join('\n');
}

/** Everything that does not pass, with its place; `file` is how the reader knows the log. */
export function testLines({ cases, outside }: KtapReading, file: string): string {
  const told = cases.filter(({ outcome }) => outcome !== 'pass').map((one) => caseText(one, file));
  const reports = outside.map(({ line, title }) => `${file}:${line + 1}: outside of the tests: ${title}`);
  return [...told, ...reports].map((each) => `${each}\n`).join('');
}

/** `12 tests: 10 passed, 2 skipped; the output has 1 fault` */
export function testSummary({ cases, outside }: KtapReading): string {
  const counts = Object.entries(countTests(cases)) as (readonly [Outcome, number])[];
  const total = counts.reduce((sum, [, many]) => sum + many, 0);
  const faults = cases.filter(({ problem }) => problem !== undefined && problem !== 'missing').length + outside.length;
  const parts = counts.map(([outcome, many]) => `${many} ${words[outcome]}`);
  const tests = `${total} ${total === 1 ? 'test' : 'tests'}${parts.length === 0 ? '' : `: ${parts.join(', ')}`}`;
  return faults === 0 ? tests : `${tests}; ${faults} ${faults === 1 ? 'fault' : 'faults'} outside of them`;
}
