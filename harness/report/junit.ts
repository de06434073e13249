import XMLBuilder from 'fast-xml-builder';
import {
  type CaseResult,
  type Cell,
  coverageSuite,
  defined,
  faultWords,
  isFlaky,
  isGood,
  type Run,
  type Tries,
  unmeasuredReason,
  unsweptReason,
} from '../model/index.ts';
import { baseWords } from './base.ts';
import { rateWords } from './findings.ts';
import { symbolChangeWords, symbolWords } from './symbols.ts';
import { verdictWords } from './text.ts';
import { sandboxLine, sizeWords } from './words.ts';

/** XML 1.0 has no room for most control characters, which consoles do print. */
function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what has to go
  return text.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd');
}

/** An attribute's value: a parser reads line ends and tabs in one as spaces, so they are written as such. */
function oneLine(text: string): string {
  return printable(text).replaceAll(/\s+/g, ' ');
}

type Verdict = 'failure' | 'error' | 'skipped';

interface TestCase {
  readonly '@classname': string;
  readonly '@name': string;
  readonly '@time': number;
  readonly skipped?: object;
  readonly failure?: object;
  readonly error?: object;
  readonly flakyFailure?: object;
  readonly 'system-out'?: string;
}

type Shown = Pick<CaseResult, 'outcome' | 'ms' | 'cause' | 'reason' | 'known' | 'reproduce' | 'tries' | 'faults'>;

function verdictOf({ outcome, cause }: Shown): Verdict | undefined {
  if (outcome === 'pass') return undefined;
  if (isGood(outcome) || (outcome === 'not-run' && cause?.blame !== 'host')) return 'skipped';
  return outcome === 'not-run' || cause?.blame === 'host' ? 'error' : 'failure';
}

function verdictElement(verdict: Verdict, one: Shown, { base, ...cell }: Where): object {
  const reproduce = one.reproduce ?? cell.reproduce;
  const known = one.known ? `known ${one.known.was}, ${one.known.why}: ` : '';
  const summary = oneLine(`${known}${one.cause?.summary ?? one.reason ?? one.outcome}`);
  if (verdict === 'skipped') return { '@message': summary };
  const lines = [
    ...(one.cause?.excerpt ?? []),
    ...(base === undefined ? [] : [`base: ${base}`]),
    ...(reproduce === null ? [] : [`reproduce: ${reproduce}`]),
  ];
  return {
    '@message': summary,
    '@type': verdict === 'error' ? 'infra' : one.outcome,
    '#text': printable(lines.join('\n')),
  };
}

/** A failure that another try took back: the element that Maven has for it. */
function flakyFailure(tries: Tries, { cause }: Shown): object {
  return {
    '@message': oneLine(`failed ${rateWords(tries)}: ${cause?.summary ?? ''}`),
    '@type': 'flaky',
    stackTrace: printable(cause?.excerpt.join('\n') ?? ''),
  };
}

/** A cell, and whether the base has its failure too. */
type Where = Cell & { readonly base?: string };

function testCase(name: string, one: Shown, where: Where): TestCase {
  const verdict = verdictOf(one);
  return {
    '@classname': `${where.target}.${where.patch ?? 'base'}`,
    '@name': oneLine(name),
    '@time': one.ms / 1000,
    ...(verdict && { [verdict]: verdictElement(verdict, one, where) }),
    ...(one.faults && { 'system-out': printable(faultWords(one.faults)) }),
    ...(one.tries && isFlaky(one) && !verdict && { flakyFailure: flakyFailure(one.tries, one) }),
  };
}

/** What stands in the place of a case that would have shown what is not covered. */
function uncoveredName(cell: Cell): string {
  if (unmeasuredReason(cell) !== undefined) return coverageSuite;
  return unsweptReason(cell) === undefined ? 'compiled' : 'failed allocations';
}

function testCases(cell: Where): TestCase[] {
  const stages = Object.entries(cell.stages).filter(([stage]) => stage !== 'test');
  const cause = (present: boolean): Pick<Shown, 'cause'> => (present && cell.cause ? { cause: cell.cause } : {});
  const uncovered = cell.outcome === 'not-covered';
  const whole = cell.outcome === 'not-run' || (cell.stage === 'test' && cell.cases.length === 0);
  return [
    ...stages.map(([stage, { outcome, ms }]) => {
      const { known } = cell;
      if (known && stage === cell.stage) return testCase(stage, { outcome: 'known', ms, known, ...cause(true) }, cell);
      const failedHere = stage === cell.stage && !isGood(cell.outcome);
      return testCase(stage, { outcome, ms, ...cause(failedHere) }, cell);
    }),
    ...cell.cases.map((one) => testCase(`${one.suite}: ${one.name}`, one, cell)),
    ...(uncovered ? [testCase(uncoveredName(cell), { outcome: cell.outcome, ms: 0, ...cause(true) }, cell)] : []),
    ...(whole ? [testCase(cell.stage, { outcome: cell.outcome, ms: 0, ...cause(true) }, cell)] : []),
  ];
}

type Counts = Readonly<Record<'tests' | 'failures' | 'errors' | 'skipped', number>>;

/** The counts that readers of JUnit expect on a suite, and on all of them. */
function countsOf(cases: readonly TestCase[]): Counts {
  const having = (verdict: Verdict): number => cases.filter((one) => one[verdict] !== undefined).length;
  return {
    tests: cases.length,
    failures: having('failure'),
    errors: having('error'),
    skipped: having('skipped'),
  };
}

function property(name: string, value: string): object {
  return { '@name': name, '@value': oneLine(value) };
}

/** What a cell's patch adds to the kernel, by its symbols. */
function sizeProperties({ size, changes }: Cell): object[] {
  const symbols = changes?.symbols;
  return [
    ...(size ? [property('size', `text ${size.text}, data ${size.data}, bss ${size.bss}`)] : []),
    ...(changes?.size ? [property('size.changes', sizeWords(changes.size))] : []),
    ...(symbols ? [property('symbols', symbolWords(symbols))] : []),
    ...(symbols?.largest ?? []).map((one, index) => property(`symbols.largest.${index + 1}`, symbolChangeWords(one))),
  ];
}

/** JUnit XML: a suite for each cell, a case for each stage that is not a test, and one for each case. */
export function renderJunit(run: Run): string {
  const builder = new XMLBuilder({
    ignoreAttributes: false,
    attributeNamePrefix: '@',
    format: true,
    suppressEmptyNode: true,
  });
  const total = { tests: 0, failures: 0, errors: 0, skipped: 0 };
  const names = Object.keys(total) as (keyof Counts)[];
  const sandbox = sandboxLine(run);
  const own = sandbox === undefined ? [] : [property('sandbox', sandbox)];
  // Suite by suite: one tree of 20,000 of them keeps the garbage collector busier than the writer.
  const suite = (title: string, cases: readonly TestCase[], more: readonly object[] = []): string => {
    const counts = countsOf(cases);
    const all = [...own, ...more];
    for (const name of names) total[name] += counts[name];
    return builder.build({
      testsuite: {
        '@name': title,
        ...Object.fromEntries(names.map((name) => [`@${name}`, counts[name]])),
        ...(all.length > 0 && { properties: { property: all } }),
        testcase: cases,
      },
    });
  };
  const suites = run.cells.map((cell) =>
    suite(
      `${run.series.name} ${cell.point} ${cell.target}`,
      testCases({ ...cell, ...defined({ base: baseWords(run, cell) }) }),
      sizeProperties(cell),
    ),
  );
  if (run.verdict === 'untested') {
    const failure = { '@message': verdictWords(run), '@type': 'untested' };
    suites.push(suite(run.series.name, [{ '@classname': 'quiltboot', '@name': 'a case ran', '@time': 0, failure }]));
  }
  const counts = names.map((name) => ` ${name}="${total[name]}"`).join('');
  return `<?xml version="1.0" encoding="UTF-8"?>\n<testsuites${counts}>\n${suites.join('')}</testsuites>\n`;
}
