import test from 'ava';
import { exitStatus } from '../../../harness/commands/print.ts';
import type { Run } from '../../../harness/model/index.ts';
import { pointChecks, type ReportKind, renderReport, reportKinds } from '../../../harness/report/index.ts';
import { mergeRuns } from '../../../harness/results/index.ts';
import { cell, runOf, skipped, testResult } from '../../support/sample-run.ts';

/** Runs in which something was not looked at, although nothing failed. */
const absences: Readonly<Record<string, () => Run>> = {
  'every case is skipped': () => runOf([cell({ test: testResult([skipped], 'skip') })], { points: [0] }),
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

/** What each form must hold where a run is no pass, and what it must not. */
const signs: Readonly<Record<ReportKind, { readonly has: RegExp; readonly hasNot?: RegExp }>> = {
  text: { has: /^verdict: (?:untested|infra)/m, hasNot: /verdict: pass/ },
  tap: { has: /^not ok/m },
  junit: { has: /<testsuites [^>]*(?:failures|errors)="[1-9]/ },
  html: { has: /Verdict: <strong class="(?:untested|infra)">/ },
  markdown: { has: /^## (?:untested|infra)/m, hasNot: /^## pass/m },
  github: { has: /^::(?:error|warning) /m, hasNot: /quiltboot: pass/ },
  gitlab: { has: /"severity":\s*"(?:info|major|critical|blocker)"/ },
  kcidb: { has: /"status":\s*"(?:SKIP|MISS|FAIL|ERROR)"/ },
  json: { has: /"verdict":\s*"(?:untested|infra)"/ },
};

for (const [title, make] of Object.entries(absences)) {
  for (const kind of reportKinds) {
    test(`${title}: ${kind} is not green`, (t) => {
      const text = renderReport(make(), kind);
      t.regex(text, signs[kind].has);
      if (signs[kind].hasNot) t.notRegex(text, signs[kind].hasNot);
    });
  }
  test(`${title}: neither the exit status nor b4's check is green`, (t) => {
    const run = make();
    t.not(exitStatus(run), 0);
    t.true(pointChecks(run, 0).some(({ status }) => status !== 'pass'));
  });
}
