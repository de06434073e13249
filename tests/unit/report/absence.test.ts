import test from 'ava';
import { coverageCase } from '../../../harness/coverage/index.ts';
import type {
  ApplyResult,
  BootResult,
  Cause,
  CellCoverage,
  Compiled,
  ConfigureResult,
  Run,
} from '../../../harness/model/index.ts';
import { renderReport } from '../../../harness/report/index.ts';
import { makeCell, mergeRuns } from '../../../harness/results/index.ts';
import { notGreen } from '../../support/not-green.ts';
import { built, cell, passing, runOf, skipped, testResult } from '../../support/sample-run.ts';

function ofFile(used: boolean): Compiled {
  const file = { path: 'drivers/x.c', kind: 'code', used, ...(used ? {} : { reason: 'CONFIG_X is not set' }) } as const;
  return { files: [file], covered: used, allowed: false };
}

const uncovered = {
  point: 1,
  patch: 'one.patch',
  compiled: ofFile(false),
  test: testResult([{ ...skipped, outcome: 'pass' }], 'pass'),
} as const;

const cut: Cause = { blame: 'kernel', summary: 'the log is incomplete: the console dropped 3 messages', excerpt: [] };

function boot(outcome: 'fail' | 'timeout', summary: string): BootResult {
  return { stage: 'boot', outcome, cause: { ...cut, summary }, log: 'boot.log', splats: [], ms: 5, reused: false };
}

const apply: ApplyResult = { stage: 'apply', point: 0, outcome: 'pass', commit: 'c0', ms: 5, reused: false };
const lost: ConfigureResult = {
  stage: 'configure',
  outcome: 'fail',
  cause: { blame: 'user', summary: 'an option of the fragments did not survive: CONFIG_X', excerpt: [] },
  ms: 5,
  reused: false,
};

/** Runs in which something was not looked at, although nothing failed. */
const absences: Readonly<Record<string, () => Run>> = {
  'every case is skipped': () => runOf([cell({ test: testResult([skipped], 'skip') })], { points: [0] }),
  'nothing of a patch was compiled': () => runOf([cell({ ...uncovered })], { points: [1], targets: ['x86_64'] }),
  'nothing of a patch was compiled on one target': () =>
    runOf([cell({ point: 1, compiled: ofFile(true) }), cell({ ...uncovered, target: 's390x' })], { points: [1] }),
  'a suite has no case': () => runOf([cell({ test: testResult([], 'skip') })], { points: [0], targets: ['x86_64'] }),
  'coverage could not be measured': () =>
    runOf(
      [
        cell({
          test: testResult([passing], 'pass'),
          coverage: { unmeasured: 'Linux 2.6.22 has no gcov', by: [], unread: [], patches: [] },
        }),
      ],
      { points: [0], targets: ['x86_64'], coverage: { point: 0, patches: [] } },
    ),
  'a shard is missing': () => {
    const shard = (index: number, target: string): Run =>
      runOf([cell({ target, test: testResult([{ ...skipped, outcome: 'pass' }], 'pass') })], {
        points: [0],
        targets: ['x86_64', 's390x'],
        shard: { index, count: 2 },
      });
    return mergeRuns([shard(1, 'x86_64')], { id: 'm', command: 'quiltboot merge' }).run;
  },
};

/** The same where the program noticed: then it is a failure. */
const failures: Readonly<Record<string, () => Run>> = {
  'the log of a boot is cut': () =>
    runOf([cell({ boot: boot('fail', 'the log is incomplete: the console dropped 3 messages') })], { points: [0] }),
  'the log of a case is cut': () =>
    runOf([cell({ test: testResult([passing, { ...passing, name: 'cut', outcome: 'fail', cause: cut }], 'fail') })], {
      points: [0],
    }),
  'too few of the new lines were executed': () => {
    const coverage: CellCoverage = {
      by: ['the guest boots'],
      unread: [],
      patches: [{ point: 1, files: [{ path: 'a.c', lines: [{ from: 1, to: 9, by: [] }], added: 9 }] }],
    };
    const demanded = coverageCase(coverage, 'x86_64', 10);
    const test = testResult([passing, ...(demanded ? [demanded] : [])], 'fail');
    return runOf([cell({ test, coverage })], { points: [0], coverage: { point: 0, failUnder: 10, patches: [] } });
  },
  'a kernel has no console': () => runOf([cell({ boot: boot('timeout', 'nothing on the console') })], { points: [0] }),
  'an option is lost': () =>
    runOf(
      [makeCell({ point: 0, patch: null, target: 'x86_64', apply, configure: lost, reproduce: () => 'x', logs: {} })],
      {
        points: [0],
      },
    ),
};

for (const [title, make] of Object.entries(absences)) {
  test(`${title}: no form, no exit status and no check is green`, (t) => notGreen(t, make(), 'untested'));
}

for (const [title, make] of Object.entries(failures)) {
  test(`${title}: the failure is in every form`, (t) => notGreen(t, make(), 'fail'));
}

test('a kernel that was built and that nothing boots is no boot in any form', (t) => {
  const only = cell({ point: 0, target: 'armel', buildOnly: true, build: built });
  const run = runOf([cell({ test: testResult([passing], 'pass') }), only], {
    points: [0],
    targets: ['x86_64', 'armel'],
  });
  t.regex(renderReport(run, 'text'), /\(base: \S+\)\s+pass 1\s+built$/m);
  const configured = runOf([{ ...only, stage: 'configure' }], { points: [0], targets: ['armel'] });
  t.regex(renderReport(configured, 'text'), /\(base: \S+\)\s+pass configure$/m);
  t.regex(renderReport(run, 'tap'), /^ok 2 - point 0 on armel \(built only\)$/m);
  t.notRegex(renderReport(run, 'junit'), /armel[^>]*name="boot"/);
});
