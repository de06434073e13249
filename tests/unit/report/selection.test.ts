import test from 'ava';
import type { CaseResult } from '../../../harness/model/index.ts';
import { pointChecks, type ReportKind, renderReport, reportKinds } from '../../../harness/report/index.ts';
import { caseOf, cell, runOf, testResult } from '../../support/sample-run.ts';

/** Three cases fail; the worst is neither the first nor the last. The machine failed a fourth. */
const evidence = ['Difference:', '- 41', '+ 42', 'the case printed:', '  counted 41 pids'];
const cases: readonly CaseResult[] = [
  caseOf('pids add up', 'fail', { cause: { blame: 'kernel', summary: '41 is not 42', excerpt: evidence } }),
  caseOf('no guest', 'not-run', { cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } }),
  caseOf('rmdir holds', 'crash', { cause: { blame: 'kernel', summary: 'KASAN: use-after-free', excerpt: evidence } }),
  caseOf('a child waits', 'timeout', { cause: { blame: 'kernel', summary: 'no answer in 8 s', excerpt: evidence } }),
  caseOf('mount', 'pass'),
];
const failing = cell({
  point: 1,
  patch: 'one.patch',
  test: testResult(cases, 'crash'),
  reproduce: (stage, one) => `quiltboot run x --until ${stage} --case '${one?.name ?? ''}'`,
});
const fine = cell({
  test: testResult(
    [caseOf('mount', 'pass'), ...['pids add up', 'rmdir holds', 'a child waits'].map((name) => caseOf(name, 'pass'))],
    'pass',
  ),
});
const run = runOf([fine, failing], { targets: ['x86_64'] });

test('headline, reproduce line and what else fails speak of the same case', (t) => {
  t.is(failing.cause?.summary, 'tasks: rmdir holds: KASAN: use-after-free (and 3 more)');
  t.regex(failing.reproduce ?? '', /--case 'rmdir holds'$/);
  const text = renderReport(run, 'text');
  t.regex(text, /also fail: tasks: pids add up: 41 is not 42\n/);
  t.regex(text, /also not-run: tasks: no guest: QEMU was killed\n/);
  t.regex(text, /also timeout: tasks: a child waits: no answer in 8 s\n/);
  t.notRegex(text, /also crash/);
});

/** Where a form tells of each failure by itself, it has the command of just that; nowhere has a pass one. */
const each: ReadonlySet<ReportKind> = new Set(['tap', 'junit', 'html', 'kcidb', 'sarif', 'json', 'gitlab']);
/** Signs that markup stands for, as they were. */
const plain = (text: string): string => text.replaceAll(/&#39;|&apos;|&#x27;/g, "'").replaceAll('&gt;', '>');

for (const kind of reportKinds) {
  test(`${kind}: every failure has its message, the evidence and its command`, (t) => {
    const text = plain(renderReport(run, kind));
    for (const words of ['41 is not 42', 'KASAN: use-after-free', 'no answer in 8 s'])
      t.true(text.includes(words), words);
    t.regex(text, /- 41/);
    t.regex(text, /counted 41 pids/);
    t.regex(text, /--case 'rmdir holds'/);
    if (!each.has(kind)) return;
    for (const name of ['pids add up', 'a child waits']) t.true(text.includes(`--case '${name}'`), name);
    t.false(text.includes("--case 'mount'"));
  });
}

test("b4's check has them too", (t) => {
  const [check] = pointChecks(run, 1);
  for (const words of ['KASAN', '- 41', 'also fail: tasks: pids add up: 41 is not 42', "--case 'rmdir holds'"]) {
    t.true(check?.details.includes(words), words);
  }
});

test('a mail about a case that is not the worst of its point has the command of that case', (t) => {
  const known = caseOf('rmdir holds', 'crash', {
    cause: { blame: 'kernel', summary: 'KASAN: use-after-free', excerpt: [] },
  });
  const before = cell({ test: testResult([known, caseOf('pids add up', 'pass')], 'crash') });
  const after = cell({
    point: 1,
    patch: 'one.patch',
    test: testResult([known, caseOf('pids add up', 'fail')], 'crash'),
    reproduce: (_, one) => `quiltboot run x --case '${one?.name ?? ''}'`,
  });
  const text = renderReport(runOf([before, after], { targets: ['x86_64'] }), 'mail');
  t.regex(text, /the case "tasks: pids add up" fails/);
  t.regex(text, /To see it again:\n\n {2}quiltboot run x --case 'pids add up'/);
});

test('a reason for a skip cannot write lines of its own into TAP', (t) => {
  const odd = caseOf('odd', 'skip', { reason: 'no #device\nnot ok 3 - forged' });
  const text = renderReport(runOf([cell({ test: testResult([odd], 'skip') })]), 'tap');
  t.regex(text, / {4}ok 1 - tasks: odd # SKIP no \\#device not ok 3 - forged\n/);
});
