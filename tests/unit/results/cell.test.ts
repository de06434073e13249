import test from 'ava';
import { countOutcomes, verdictOf } from '../../../harness/results/index.ts';
import { built, cell, crashing, passing, skipped, testResult } from '../../support/sample-run.ts';

test('the last stage that ran decides', (t) => {
  const failed = cell({
    build: { ...built, outcome: 'fail', cause: { blame: 'kernel', summary: '1 new warning', excerpt: [] } },
  });
  t.like(failed, { stage: 'build', outcome: 'fail', blame: 'kernel', reproduce: 'quiltboot run x --until build' });
});

test('a cell whose every case is skipped is skipped, not passed', (t) => {
  const quiet = cell({ test: testResult([skipped], 'skip') });
  t.like(quiet, { outcome: 'skip', blame: null, reproduce: null });
});

test('the first bad case gives the cause, the others are counted', (t) => {
  const one = cell({ test: testResult([passing, crashing, crashing], 'crash') });
  t.is(one.blame, 'kernel');
  t.regex(one.cause?.summary ?? '', /^tasks: rmdir .* \(and 1 more\)$/);
});

test('a fault of the machine is never an outcome of the patch', (t) => {
  const starved = cell({ fault: { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } });
  t.like(starved, { stage: 'boot', outcome: 'not-run', blame: 'host' });
  t.is(verdictOf({ cells: [cell(), starved] }), 'infra');
});

test('a failed patch stays failed whatever the machine did beside it', (t) => {
  const starved = cell({ fault: { stage: 'boot', cause: { blame: 'host', summary: 'QEMU was killed', excerpt: [] } } });
  const failed = cell({ test: testResult([crashing], 'crash') });
  t.is(verdictOf({ cells: [starved, failed] }), 'fail');
  t.is(verdictOf({ cells: [cell()] }), 'pass');
});

test('what was left out because an earlier point failed does not hide that failure', (t) => {
  const left = cell({ point: 2, notRun: 'not run: point 1 failed' });
  t.is(verdictOf({ cells: [cell({ test: testResult([crashing], 'crash') }), left] }), 'fail');
});

test('outcomes are counted by cell and by case', (t) => {
  const counts = countOutcomes([cell({ test: testResult([passing, skipped, crashing], 'crash') }), cell()]);
  t.like(counts.cells, { pass: 1, crash: 1, fail: 0 });
  t.like(counts.cases, { pass: 1, skip: 1, crash: 1 });
});

test('a cell that is not covered names the code before the makefile that it comes with', (t) => {
  const files = [
    { path: 'drivers/misc/Makefile', kind: 'kbuild', used: false, reason: 'this configuration does not use it' },
    { path: 'drivers/misc/x.c', kind: 'code', used: false, reason: 'CONFIG_X is not set' },
  ] as const;
  const { cause, outcome } = cell({ point: 1, patch: 'x.patch', compiled: { files, covered: false, allowed: false } });
  t.is(outcome, 'not-covered');
  t.is(cause?.summary, 'x.patch changes drivers/misc/x.c and 1 more, not compiled for x86_64: CONFIG_X is not set');
});
