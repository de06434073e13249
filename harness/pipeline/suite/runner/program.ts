import { hashValues } from '../../../host/files/hash.ts';
import { type CaseResult, defined, type ProgramSuite, suiteKind } from '../../../model/index.ts';
import { caseKey } from '../../../model/suite.ts';
import type { GuestSource } from '../services.ts';
import {
  endResult,
  judgeAround,
  judgeStatus,
  keepSeen,
  runInGuest,
  type Seen,
  type SeenLogs,
  testsIn,
} from './command.ts';
import { ktapResults } from './ktap-results.ts';
import { finishedRun, isChosen, mayBeChosen, type OwnContext, runSideBySide, withContextGuests } from './own.ts';
import type { Runner } from './runner.ts';

/** The case of a program as such. */
const endingName = 'exits with 0';

/** Decides a program by its rule, and what became of its guest. */
function judgeProgram(suite: ProgramSuite, seen: Seen, logs: SeenLogs & { readonly suite: string }): CaseResult[] {
  const around = judgeAround(seen);
  const own = around ?? judgeStatus(seen, suite);
  const self = endResult({ suite: logs.suite, name: endingName }, own, seen, logs);
  if (suite.pass === 'exit status' || own.cause?.blame === 'host') return [self];
  const tests = testsIn(seen);
  const results = ktapResults(tests, { suite: logs.suite, ms: seen.ms, ...defined({ log: logs.outputLog }) });
  // A program whose tests fail says so by its status as well.
  const isSaid = around === undefined && own.outcome === 'fail' && tests.some(({ outcome }) => outcome === 'fail');
  return own.outcome === 'pass' || (isSaid && seen.end?.signal === null) ? results : [...results, self];
}

async function runSuite(
  { name, suite }: { readonly name: string; readonly suite: ProgramSuite },
  guests: GuestSource,
  context: OwnContext,
): Promise<CaseResult[]> {
  const cwd = suite.script === undefined ? '/' : '/tests';
  const label = caseKey(name, endingName);
  const command = { argv: suite.argv, cwd, label, timeoutMs: suite.timeoutMs };
  const seen = await runInGuest(command, guests, context);
  return judgeProgram(suite, seen, { suite: name, ...(await keepSeen(seen, name, context)) });
}

/** Programs of the guest, named in the project file: what counts is their exit status, or the tests that they print. */
export const program: Runner = {
  name: 'program',
  list: async (word) => Promise.resolve(suiteKind(word)?.kind === 'program' ? [word] : []),
  takes: (word) => suiteKind(word)?.kind === 'program',
  // What a program is made of is a part of the image, and how it is judged a part of the request.
  hash: async (words) => Promise.resolve(hashValues(words)),
  inspect: async () => Promise.resolve(finishedRun([])),
  run: (context, signal, heardOf) =>
    withContextGuests(context, signal, heardOf, async (guests, tell) => {
      const jobs = context.suites.flatMap(({ file, name }) => {
        const suite = context.programs?.[suiteKind(file)?.what ?? ''];
        if (!suite) throw new Error(`the suite ${file} came without its program`);
        const isOne = suite.pass === 'exit status';
        if (!mayBeChosen(name, context) || (isOne && !isChosen({ suite: name, name: endingName }, context))) return [];
        return [() => runSuite({ name, suite }, guests, context)];
      });
      await runSideBySide(context, signal, tell, jobs);
    }),
};
