import test from 'ava';
import { XMLParser } from 'fast-xml-parser';
import { UserError } from '../../../harness/model/index.ts';
import { makeDoor, parseFormat, renderReport, renderText } from '../../../harness/report/index.ts';
import { built, cell, mixedRun, runOf } from '../../support/sample-run.ts';

test('the matrix has a line for each point and a column for each target', (t) => {
  const lines = renderText(mixedRun).split('\n');
  t.regex(lines[2] ?? '', /point\s+patch\s+x86_64\s+s390x/);
  t.true(
    lines.some((line) => /^ ?0\s+\(base: linux\)\s+pass 1\s+pass 1$/.test(line)),
    lines.join('\n'),
  );
  t.true(
    lines.some((line) => /^ ?1\s+one\.patch\s+CRASH test 1\/2\s+not run$/.test(line)),
    lines.join('\n'),
  );
});

test('each failure comes with excerpt, blame, log and the command that repeats it', (t) => {
  const text = renderText(mixedRun);
  t.true(text.includes('point 1 (one.patch) on x86_64: CRASH in test, blame: kernel'));
  t.true(text.includes('  | BUG: sleeping function'));
  t.true(text.includes('log: cells/1-x86_64/test/tasks.log'));
  t.true(text.includes('reproduce: quiltboot run x'));
  t.true(text.includes('verdict: fail (61.0 s)'));
});

test('advice stands behind the excerpt', (t) => {
  const cause = {
    blame: 'kernel',
    summary: 'the build failed',
    excerpt: ['a.c:1: error'],
    advice: ['call is declared', ' context'],
  } as const;
  const failed = cell({ point: 1, patch: 'one.patch', build: { ...built, outcome: 'fail', cause } });
  t.true(renderText(runOf([failed])).includes('  | a.c:1: error\n  > call is declared\n  >  context\n'));
});

test('colours change nothing but the escapes', (t) => {
  let plain = '';
  const door = makeDoor((text) => {
    plain += text.replaceAll(/\u001b\[\d+m/g, '');
  }, true);
  door.print(renderText(mixedRun, door.paint));
  const words = (text: string): string => text.replaceAll(/\s+/g, ' ');
  t.true(words(plain).includes('verdict: fail'));
});

test('TAP 14: a plan, a subtest for each cell, diagnostics for what failed', (t) => {
  const lines = renderReport(mixedRun, 'tap').split('\n');
  t.is(lines[0], 'TAP version 14');
  t.is(lines[1], '1..4');
  t.is(lines.filter((line) => line.startsWith('ok ')).length, 3);
  t.is(lines.filter((line) => line.startsWith('not ok ')).length, 1);
  t.true(lines.includes('    ok 2 - tasks: pids are sorted # SKIP feature tasks comes with patch 2'));
  t.true(lines.includes('    1..2'));
  t.true(lines.some((line) => line.startsWith('ok 4 - point 1 one.patch on s390x # SKIP')));
});

test('a name can not smuggle a directive into TAP', (t) => {
  const run = runOf([cell({ patch: 'a # SKIP\nok 9.patch', point: 1 })]);
  const lines = renderReport(run, 'tap').split('\n');
  t.is(lines[2], 'ok 1 - point 1 a \\# SKIP ok 9.patch on x86_64');
});

interface ParsedJunit {
  readonly testsuites: readonly {
    readonly '@_tests': string;
    readonly '@_failures': string;
    readonly '@_skipped': string;
    readonly testsuite: readonly {
      readonly testcase: readonly { readonly '@_name': string; readonly failure?: object; readonly skipped?: object }[];
    }[];
  }[];
}

test('JUnit is well-formed, counted, escaped and free of control characters', (t) => {
  const xml = renderReport(mixedRun, 'junit');
  t.false(xml.includes('\u001b'));
  t.regex(xml, /rmdir &lt;of(>|&gt;) a/);
  const parsed = new XMLParser({ ignoreAttributes: false, isArray: (name) => name.startsWith('test') }).parse(
    xml,
  ) as ParsedJunit;
  const [all] = parsed.testsuites;
  const suites = all?.testsuite ?? [];
  const cases = suites.flatMap(({ testcase }) => testcase);
  t.is(suites.length, mixedRun.cells.length);
  t.is(Number(all?.['@_tests']), cases.length);
  t.is(Number(all?.['@_failures']), 1);
  t.deepEqual(
    cases.filter(({ failure }) => failure).map((one) => one['@_name']),
    ['tasks: rmdir <of> a "busy" container'],
  );
  const skipped = cases.filter((one) => one.skipped !== undefined);
  t.is(Number(all?.['@_skipped']), skipped.length);
  t.true(skipped.length > 0);
});

test('JSON holds what the format promises', (t) => {
  const run = JSON.parse(renderReport(mixedRun, 'json')) as typeof mixedRun;
  t.is(run.verdict, 'fail');
  t.deepEqual(Object.keys(run.counts), ['cells', 'cases']);
  for (const key of ['point', 'patch', 'target', 'stage', 'outcome', 'blame', 'ms', 'reused', 'cause'])
    t.true(key in (run.cells[2] ?? {}), key);
});

test('formats are read with and without a file', (t) => {
  t.deepEqual(parseFormat('tap'), { kind: 'tap' });
  t.deepEqual(parseFormat('junit=out/a=b.xml'), { kind: 'junit', file: 'out/a=b.xml' });
  t.throws(() => parseFormat('junti'), { instanceOf: UserError, message: /did you mean "junit"/ });
  t.throws(() => parseFormat('tap='), { instanceOf: UserError, message: /no file name/ });
});
