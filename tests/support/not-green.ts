/** What no report form may lack, and none may have, where a run is not a pass. */
import type { ExecutionContext } from 'ava';
import { exitStatus } from '../../harness/commands/print.ts';
import type { Run } from '../../harness/model/index.ts';
import { pointChecks, type ReportKind, renderReport, reportKinds } from '../../harness/report/index.ts';

type Signs = Readonly<Record<ReportKind, { readonly has: RegExp; readonly hasNot?: RegExp }>>;

/** What each form must hold where a run is no pass, and what it must not. */
const absenceSigns: Signs = {
  text: { has: /^verdict: (?:untested|infra)/m, hasNot: /verdict: pass/ },
  tap: { has: /^not ok/m },
  junit: { has: /<testsuites [^>]*(?:failures|errors)="[1-9]/ },
  html: { has: /Verdict: <strong class="(?:untested|infra)">/ },
  markdown: { has: /^## (?:untested|infra)/m, hasNot: /^## pass/m },
  github: { has: /^::(?:error|warning) /m, hasNot: /quiltboot: pass/ },
  gitlab: { has: /"severity":\s*"(?:info|major|critical|blocker)"/ },
  kcidb: { has: /"status":\s*"(?:SKIP|MISS|FAIL|ERROR)"/ },
  sarif: { has: /"level":\s*"(?:warning|note|error)"/ },
  mail: { has: /not everything was tested/, hasNot: /Tested-by/ },
  json: { has: /"verdict":\s*"(?:untested|infra)"/ },
};

/** Those of a run in which something failed. */
const failureSigns: Signs = {
  ...absenceSigns,
  text: { has: /^verdict: (?:fail|mistake)/m, hasNot: /verdict: pass/ },
  html: { has: /Verdict: <strong class="(?:fail|mistake)">/ },
  markdown: { has: /^## (?:fail|mistake)/m, hasNot: /^## pass/m },
  mail: { has: /^With this patch |not everything was tested/m, hasNot: /Tested-by/ },
  json: { has: /"verdict":\s*"(?:fail|mistake)"/ },
};

/** The signs of a run: `untested` for one in which nothing failed and something was not looked at. */
const signsOf = { untested: absenceSigns, fail: failureSigns } as const;

/** Fails where a form of the report, the exit status or b4's checks take the run for a pass. */
export function notGreen(t: ExecutionContext, run: Run, kind: keyof typeof signsOf): void {
  for (const form of reportKinds) {
    const text = renderReport(run, form);
    const { has, hasNot } = signsOf[kind][form];
    t.regex(text, has, form);
    if (hasNot) t.notRegex(text, hasNot, form);
  }
  t.not(exitStatus(run), 0);
  t.true(run.points.flatMap((point) => pointChecks(run, point)).some(({ status }) => status !== 'pass'));
}
