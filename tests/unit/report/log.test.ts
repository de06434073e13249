import test from 'ava';
import type { KtapCase, Splat } from '../../../harness/model/index.ts';
import { renderDiagnostic, renderSplat, renderTests, testSummary } from '../../../harness/report/index.ts';

test('a report of a kernel log stands with its place, title and lines', (t) => {
  const splat = { severity: 'fatal', title: 'panic: out of luck', family: 'panic' } as Splat;
  t.is(
    renderSplat({ line: 41, splat }, ['Kernel panic', 'Call Trace:'], 'boot.log'),
    'boot.log:42: fatal: panic: out of luck [panic]\n    Kernel panic\n    Call Trace:\n\n',
  );
});

test('a message of a build log stands with the place that it has: file, object or make', (t) => {
  const warning = { severity: 'warning', message: 'unused variable', option: '-Wunused-variable' } as const;
  t.is(
    renderDiagnostic({ ...warning, file: 'kernel/fork.c', line: 3, column: 7 }, ['  int x;']),
    'kernel/fork.c:3:7: warning: unused variable [-Wunused-variable]\n      int x;\n\n',
  );
  const error = { severity: 'error', message: 'undefined reference' } as const;
  t.is(renderDiagnostic({ ...error, object: 'vmlinux.o' }, []), 'vmlinux.o: error: undefined reference\n\n');
  t.is(renderDiagnostic(error, []), 'make: error: undefined reference\n\n');
});

const failed: KtapCase = {
  path: ['suite', 'case'],
  outcome: 'fail',
  summary: 'expected 1',
  line: 4,
  remarks: Array.from({ length: 32 }, (_, index) => `remark ${index}`),
};
const passed: KtapCase = { path: ['suite', 'other'], outcome: 'pass', line: 2, remarks: ['quiet'] };
const skipped: KtapCase = { path: ['third'], outcome: 'skip', summary: 'no device', line: 9, remarks: ['quiet'] };

test('tests that do not pass are told with their place and the last of what they printed', (t) => {
  const text = renderTests({ cases: [passed, failed, skipped], outside: [{ line: 11, title: 'BUG: oops' }] }, 'stdin');
  t.regex(
    text,
    /^stdin:5: fail: suite \/ case: expected 1\n {4}remark 2\n[^]* {4}remark 31\nstdin:10: skip: third: no device\n/,
  );
  t.regex(text, /\nstdin:12: outside of the tests: BUG: oops\n$/);
  t.notRegex(text, /quiet|remark 1\n/);
  t.is(renderTests({ cases: [passed], outside: [] }, 'x'), '');
});

test('a summary counts tests by outcome, and what is wrong with the output beside them', (t) => {
  const cases = [passed, failed];
  t.is(testSummary({ cases, outside: [] }, { pass: 1, fail: 1 }), '2 tests: 1 passed, 1 failed');
  t.is(testSummary({ cases: [], outside: [] }, {}), '0 tests');
  const broken: KtapCase = { path: [], outcome: 'fail', line: 0, remarks: [], problem: 'two-plans' };
  const missing: KtapCase = { path: ['a'], outcome: 'not-run', line: 0, remarks: [], problem: 'missing' };
  t.is(
    testSummary({ cases: [broken, missing], outside: [{ line: 1, title: 'x' }] }, { 'not-run': 1 }),
    '1 test: 1 not run; 2 faults outside of them',
  );
});
