import test from 'ava';
import type { Run } from '../../../harness/model/index.ts';
import { pointChecks, type ReportKind, renderReport, reportKinds } from '../../../harness/report/index.ts';
import { caseOf, runOf, testedCell, testResult } from '../../support/sample-run.ts';

const cause = { blame: 'kernel', summary: 'expected 4, found 3', excerpt: ['at pulse.ts:7'] } as const;

/** A case that failed once in three tries, on a run that passes otherwise. */
function flakyRun(): Run {
  const sometimes = caseOf('sometimes', 'pass', { tries: { runs: 3, failed: 1 }, cause });
  const test = testResult([caseOf('always', 'pass'), sometimes], 'pass');
  return runOf([testedCell(1, 'x86_64', {}, { test })], { points: [1], targets: ['x86_64'] });
}

/** How each form sets a flaky case apart from one that passed at once. */
const signs: Readonly<Record<ReportKind, RegExp>> = {
  text: /^flaky, [^]*tasks: sometimes: failed 1 of 3 times/m,
  tap: /^ +ok 2 - tasks: sometimes\n +---\n +flaky: "true"\n +failed: "1 of 3 times/m,
  junit:
    /<testcase [^>]*name="tasks: sometimes"[^>]*>\s*<flakyFailure message="failed 1 of 3 times[^>]*expected 4, found 3"/,
  html: /<span class="flaky">flaky<\/span> tasks: sometimes[^]*failed 1 of 3 times/,
  markdown: /flaky, [^]*tasks: sometimes: failed 1 of 3 times/,
  github: /^::warning title=flaky%3A tasks%3A sometimes::/m,
  gitlab: /"description": "[^"]*flaky: tasks: sometimes: failed 1 of 3 times[^]*"severity": "minor"/,
  kcidb: /"tries":\s*\{\s*"runs":\s*3/,
  sarif: /"level": "warning",\s*"message": \{\s*"text": "[^"]*flaky: tasks: sometimes: failed 1 of 3 times/,
  mail: /1\s+flaky\s+case/,
  json: /"tries": \{\s*"runs": 3/,
};

for (const kind of reportKinds) {
  test(`a flaky case is told: ${kind}`, (t) => {
    t.regex(renderReport(flakyRun(), kind), signs[kind]);
  });
}

test("a flaky case is a warning in b4's check", (t) => {
  const [check] = pointChecks(flakyRun(), 1);
  t.is(check?.status, 'warn');
  t.regex(check?.details ?? '', /^flaky: tasks: sometimes: failed 1 of 3 times/m);
});

test('a flaky case that counts as failed is told with its rate', (t) => {
  const failed = caseOf('sometimes', 'fail', { tries: { runs: 3, failed: 1 }, cause });
  const run = runOf([testedCell(1, 'x86_64', {}, { test: testResult([failed], 'fail') })], { points: [1] });
  t.regex(renderReport(run, 'tap'), /^ +not ok 1 - tasks: sometimes[^]*failed: "1 of 3 times/m);
  t.notRegex(renderReport(run, 'junit'), /flakyFailure/);
});
