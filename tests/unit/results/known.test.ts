import test from 'ava';
import { exitStatus } from '../../../harness/commands/print.ts';
import type { BootResult, Cell, KnownIssue, Run } from '../../../harness/model/index.ts';
import { pointChecks, renderReport } from '../../../harness/report/index.ts';
import { concludeRun, issuesAt, makeCell, mergeRuns, withKnownCases } from '../../../harness/results/index.ts';
import { caseOf, cell, runOf, testResult } from '../../support/sample-run.ts';

const why = 'https://example.org/bugs/7';
const splat = { family: 'warning', title: 'WARNING in css_put', excerpt: [], severity: 'error' } as const;
const started = '2026-01-01T10:00:00.000Z';

/** A cell whose cases are judged as a run judges them. */
function judged(
  issues: readonly KnownIssue[],
  outcomes: Readonly<Record<string, 'pass' | 'fail' | 'crash' | 'skip'>>,
  { point = 1, target = 'x86_64' } = {},
): Cell {
  const cases = Object.entries(outcomes).map(([name, outcome]) =>
    caseOf(name, outcome, outcome === 'crash' ? { splats: [splat] } : {}),
  );
  const worst = ['crash', 'fail', 'pass', 'skip'].find((one) => cases.some(({ outcome }) => outcome === one)) ?? 'skip';
  const result = testResult(cases, worst as 'pass');
  const held = issuesAt(issues, started);
  return cell({ point, target, patch: 'one.patch', test: withKnownCases(result, target, held), issues: held });
}

function run(issues: readonly KnownIssue[], ...cells: readonly Cell[]): Run {
  return runOf(cells, { started, known: issues as NonNullable<Run['known']>, points: [1], targets: ['x86_64'] });
}

test('a case that fails as declared is known: it does not fail the run, and its cell is no plain pass', (t) => {
  const issues = [{ case: 'tasks: a', why }];
  const one = run(issues, judged(issues, { a: 'fail', b: 'pass' }));
  t.is(one.verdict, 'pass');
  t.is(exitStatus(one), 0);
  t.like(one.cells[0], { outcome: 'known', blame: null, code: null });
  t.like(one.cells[0]?.cases[0], { outcome: 'known', known: { was: 'fail', why } });
  t.like(one.known?.[0], { state: 'seen', cells: [{ point: 1, target: 'x86_64' }] });
});

test('another failure beside a known one counts, and the cell tells of that one', (t) => {
  const issues = [{ case: 'tasks: a', why }];
  const one = run(issues, judged(issues, { a: 'crash', b: 'fail' }));
  t.is(one.verdict, 'fail');
  t.like(one.cells[0], { outcome: 'fail', blame: 'kernel' });
  t.is(one.cells[0]?.cause?.summary, 'tasks: b: b is wrong');
  t.is(one.findings?.length, 1);
});

test('an issue is for what it names: case, pattern, title and target', (t) => {
  const is = (issue: Omit<KnownIssue, 'why'>, outcome: 'fail' | 'crash' = 'crash'): boolean =>
    judged([{ ...issue, why }], { 'a.b (c)': outcome }).outcome === 'known';
  t.true(is({ case: 'tasks: a.b (c)' }));
  t.true(is({ case: 'tasks: *' }));
  t.true(is({ case: '*(c)' }));
  t.false(is({ case: 'a.b (c)' }), 'without the suite');
  t.false(is({ case: 'tasks: axb (c)' }), 'a dot is a dot');
  t.false(is({ case: 'tasks: a' }), 'the whole name');
  t.true(is({ title: 'WARNING in css_put' }));
  t.true(is({ title: 'is wrong' }, 'fail'));
  t.false(is({ title: 'WARNING in css_put' }, 'fail'));
  t.true(is({ case: 'tasks: *', title: 'css_put', target: 'x86_64' }));
  t.false(is({ case: 'tasks: *', target: 's390x' }));
  t.false(is({ case: 'tasks: *', title: 'css_get' }));
});

test('on its last day an issue holds, on the next it counts again and says since when', (t) => {
  const on = [{ case: 'tasks: a', why, until: '2026-01-01' }];
  t.is(run(on, judged(on, { a: 'fail' })).verdict, 'pass');
  const after = [{ case: 'tasks: a', why, until: '2025-12-31' }];
  const one = run(after, judged(after, { a: 'fail' }));
  t.is(one.verdict, 'fail');
  t.is(one.known?.[0]?.state, 'expired');
  t.regex(renderReport(one, 'text'), /counts again, was known until 2025-12-31: tasks: a, x86_64 at point 1/);
});

test('no longer needed is said where everything that it is about ran and passed, and nowhere else', (t) => {
  const issues = [{ case: 'tasks: a', why }];
  const state = (...cells: readonly Cell[]): string | undefined => run(issues, ...cells).known?.[0]?.state;
  const passes = judged(issues, { a: 'pass', b: 'fail' });
  t.is(state(passes), 'gone');
  t.is(state(passes, judged(issues, { a: 'fail' }, { point: 2 })), 'seen');
  t.is(state(judged(issues, { a: 'skip', b: 'pass' })), 'idle');
  t.is(state(judged(issues, { b: 'pass' })), 'idle');
  const flaky = testResult([caseOf('a', 'pass', { tries: { runs: 3, failed: 1 } })], 'pass');
  t.is(state(cell({ test: flaky })), 'seen', 'it still fails at times');
  t.is(state(passes, cell({ point: 2, notRun: 'left out' })), 'gone');
  t.regex(renderReport(run(issues, passes), 'text'), /no longer needed: tasks: a passes, x86_64 at point 1: https/);
});

const crash: BootResult = {
  stage: 'boot',
  outcome: 'crash',
  log: 'boot.log',
  splats: [splat],
  ms: 1,
  reused: false,
  cause: { blame: 'kernel', summary: 'panic', excerpt: [] },
};

test('a boot that crashes as declared is known by the title of its report, and alone is no pass', (t) => {
  const issues = [{ title: 'css_put', why }];
  const booted = cell({ point: 1, boot: crash, issues });
  t.like(booted, { outcome: 'known', stage: 'boot', blame: null, known: { was: 'crash', why } });
  t.is(run(issues, booted).known?.[0]?.state, 'seen');
  t.is(run(issues, booted).verdict, 'untested');
  t.is(run(issues, booted, judged(issues, { b: 'pass' }, { point: 2 })).verdict, 'pass');
  t.is(cell({ point: 1, boot: crash, issues: [{ case: 'tasks: *', why }] }).outcome, 'crash', 'that is about cases');
});

test('what the machine did is never known', (t) => {
  const fault = { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } as const;
  t.is(cell({ point: 1, fault, issues: [{ title: 'QEMU', why }] }).outcome, 'not-run');
  const lost = caseOf('a', 'not-run', { cause: fault.cause });
  t.is(withKnownCases(testResult([lost], 'not-run'), 'x86_64', [{ case: '*', why }]).outcome, 'not-run');
});

test('a stored run is judged by its own day, and shards say together what they say', (t) => {
  const issues = [{ case: 'tasks: a', why, until: '2026-01-01' }];
  const whole = run(issues, judged(issues, { a: 'fail' }));
  t.is(concludeRun(JSON.parse(JSON.stringify(whole)) as Run).known?.[0]?.state, 'seen');
  const shard = (target: string, outcome: 'fail' | 'pass'): Run =>
    runOf([judged(issues, { a: outcome }, { target })], {
      started,
      known: whole.known ?? [],
      points: [1],
      targets: [target],
    });
  const merged = mergeRuns([shard('x86_64', 'pass'), shard('s390x', 'fail')], { id: 'm', command: 'merge' }).run;
  t.is(merged.known?.length, 1);
  t.like(merged.known?.[0], { state: 'seen', cells: [{ point: 1, target: 's390x' }] });
});

test('every form of report shows a known failure, and none counts it', (t) => {
  const issues = [{ case: 'tasks: a', why, until: '2026-02-01' }];
  const one = run(issues, judged(issues, { a: 'crash', b: 'pass' }));
  const is = (kind: Parameters<typeof renderReport>[1], has: RegExp, hasNot: RegExp): void => {
    t.regex(renderReport(one, kind), has, kind);
    t.notRegex(renderReport(one, kind), hasNot, kind);
  };
  is('text', /known: tasks: a, x86_64 at point 1, until 2026-02-01: https:\/\/example\.org\/bugs\/7/, /FAIL|CRASH/);
  is('text', /verdict: pass, 1 known failure/, /broken by/);
  is('text', /one\.patch\s+known 1\/2/, /which patch/);
  is('tap', /^ {4}not ok 1 - tasks: a # TODO known crash until 2026-02-01: https/m, /^not ok/m);
  is(
    'junit',
    /<skipped message="known crash, https:\/\/example\.org\/bugs\/7: a is wrong"/,
    /failures="[1-9]|<failure/,
  );
  is('html', /known CRASH until 2026-02-01: https:\/\/example\.org\/bugs\/7/, /class="crash"/);
  is('markdown', /^## pass, 1 known failure: /m, /❌/);
  is('github', /^::notice title=known failures::known: tasks: a/m, /^::(error|warning)/m);
  is('gitlab', /"severity": "info"/, /critical|blocker|major/);
  is('kcidb', /"incidents":\[/, /"status":"(?:SKIP|PASS)","duration":0\.001,"log_excerpt"/);
  is('json', /"outcome": "known"/, /"verdict": "fail"/);
  const [check] = pointChecks(one, 1);
  t.is(check?.status, 'warn');
  t.regex(check?.summary ?? '', /known/);
});

test('a cell remembers nothing of issues that its stage is not about', (t) => {
  const { known } = makeCell({
    point: 0,
    patch: null,
    target: 'x86_64',
    apply: { stage: 'apply', point: 0, outcome: 'pass', ms: 1, reused: false },
    issues: [{ title: '', why }],
    reproduce: () => '',
    logs: {},
  });
  t.is(known, undefined);
});
