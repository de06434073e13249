import path from 'node:path';
import { type CaseVerdict, failure } from '../../../guest/verdict.ts';
import { hashValues } from '../../../host/files/hash.ts';
import { withTotals } from '../../../kselftest/index.ts';
import {
  type CaseResult,
  defined,
  type KselftestPlan,
  type KselftestTest,
  type KtapCase,
  suiteKind,
} from '../../../model/index.ts';
import { caseKey } from '../../../model/suite.ts';
import type { GuestSource } from '../services.ts';
import { endResult, judgeAround, judgeStatus, keepSeen, runInGuest, type Seen, testsIn } from './command.ts';
import { ktapResults } from './ktap-results.ts';
import { finishedRun, mayBeChosen, type OwnContext, runSideBySide, withContextGuests } from './own.ts';
import type { Runner } from './runner.ts';

/** The exit status of a test that could not test here. */
const skipStatus = 4;

/** Of a kernel of somebody else's. */
const withoutSource: KselftestPlan = {
  tests: [],
  reason: 'kselftest is built from the source of the kernel, and an image alone has none',
};

const bad: ReadonlySet<string> = new Set(['fail', 'crash', 'timeout']);

/** What the shell of guests says of a program that is not there. */
const notFound = /: (\S+): not found$/m;
const hintForPrograms = 'put it there with "files" or "programs" of the project file';

/** The last thing that a test said before it was skipped. */
function skipReason({ output }: Seen, tests: readonly KtapCase[]): string {
  const told = tests.find(({ outcome, path: names }) => outcome === 'skip' && names.length === 0)?.summary;
  const lines = output.split('\n').map((line) => line.trim());
  const marked = lines.findLast((line) => /\bskip/i.test(line)) ?? lines.findLast((line) => line !== '');
  const said = marked?.replace(/^(?:#\s*|ok \d+ )*(?:skip(?:ped|ping)?\b[:\s]*)?/i, '');
  return told ?? (said || 'skipped, without a reason');
}

/** How a test ended, with what its own tests say. */
function judgeTest(seen: Seen, { file, timeoutMs }: KselftestTest, tests: readonly KtapCase[]): CaseVerdict {
  const around = judgeAround(seen);
  if (around) return around;
  if (seen.end?.status === skipStatus && !seen.end.timedOut)
    return { outcome: 'skip', reason: skipReason(seen, tests) };
  const own = judgeStatus(seen, { argv: [file], timeoutMs });
  const absent = own.outcome === 'fail' ? notFound.exec(seen.output)?.[1] : undefined;
  if (absent !== undefined)
    return failure(`${file} calls ${absent}, which guests do not have`, 'user', [hintForPrograms]);
  const printed = tests.filter(({ problem }) => problem === undefined);
  const failed = printed.filter(({ outcome }) => bad.has(outcome)).length;
  if (own.cause === undefined || own.outcome !== 'fail' || failed === 0) return own;
  const summary = `${own.cause.summary}: ${failed} of its ${printed.length} tests ${failed === 1 ? 'does' : 'do'} not pass`;
  return { ...own, cause: { ...own.cause, summary } };
}

/** The tests that a program printed, where it prints any; of one that was skipped only those with results. */
function printedTests(seen: Seen): readonly KtapCase[] {
  const found = testsIn(seen).filter(({ problem }) => problem !== 'no-tests');
  const tests = seen.end?.timedOut === false ? withTotals(found, seen.stdout) : found;
  return seen.end?.status === skipStatus ? tests.filter(({ problem }) => problem === undefined) : tests;
}

async function runTest(
  { suite, test }: { readonly suite: string; readonly test: KselftestTest },
  guests: GuestSource,
  context: OwnContext,
): Promise<CaseResult[]> {
  const { name, file, timeoutMs, problem } = test;
  if (problem) return [{ suite, name, outcome: 'fail', ms: 0, cause: problem }];
  const label = caseKey(suite, name);
  const command = { argv: [file], cwd: path.posix.dirname(file), label, timeoutMs } as const;
  const seen = await runInGuest(command, guests, context);
  const logs = await keepSeen(seen, suite, context, `${name}-`);
  const tests = printedTests(seen);
  const self = endResult({ suite, name }, judgeTest(seen, test, tests), seen, logs);
  if (self.cause?.blame === 'host') return [self];
  const inner = tests
    .filter(({ path: names, problem: fault }) => names.length > 0 || fault !== undefined)
    .map((one) => ({ ...one, path: [name, ...one.path] }));
  return [self, ...ktapResults(inner, { suite, ms: seen.ms, ...defined({ log: logs.outputLog }) })];
}

/** Whether a run may be about a test or about those that it prints, whose names nobody knows yet. */
function mayBeTest(suite: string, { name }: KselftestTest, { only, match }: OwnContext): boolean {
  const key = caseKey(suite, name);
  if (only && !only.some((one) => one === key || one.startsWith(`${key} / `) || one.startsWith(`${key}: `)))
    return false;
  const [outer = '', ...inner] = match?.toLowerCase().split(' / ') ?? [];
  return inner.length === 0 || key.toLowerCase().endsWith(outer);
}

/** Tests of the kernel's own tree, each a program in a guest of its own: its exit status counts, and the tests that it prints. */
export const kselftest: Runner = {
  name: 'kselftest',
  list: async (word) => Promise.resolve(suiteKind(word)?.kind === 'kselftest' ? [word] : []),
  takes: (word) => suiteKind(word)?.kind === 'kselftest',
  // The programs are a part of the image, and how they are run a part of the request.
  hash: async (words) => Promise.resolve(hashValues(words)),
  inspect: async () => Promise.resolve(finishedRun([])),
  run: (context, signal, heardOf) =>
    withContextGuests(context, signal, heardOf, async (guests, told) => {
      const jobs = context.suites
        .filter(({ name }) => mayBeChosen(name, context))
        .flatMap(({ file, name: suite }) => {
          const { tests, reason } = context.kselftest?.[file] ?? withoutSource;
          if (reason !== undefined) {
            const skipped: CaseResult = { suite, name: 'all tests', outcome: 'skip', ms: 0, reason };
            return [() => Promise.resolve([skipped])];
          }
          const chosen = tests.filter((one) => mayBeTest(suite, one, context));
          return chosen.map((test) => () => runTest({ suite, test }, guests, context));
        });
      await runSideBySide(context, signal, told, jobs);
    }),
};
