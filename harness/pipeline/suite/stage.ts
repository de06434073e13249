import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { withScratch } from '../../host/files/scratch.ts';
import {
  type BootTarget,
  type CaseResult,
  type Cause,
  type Context,
  type CountedBuild,
  defined,
  headlineCase,
  type MachineSettings,
  noSweep,
  type Outcome,
  type Reruns,
  type TestResult,
  worstOutcome,
} from '../../model/index.ts';
import {
  type CounterPlaces,
  caseKey,
  type FeatureState,
  type GuestRequest,
  loadingName,
  type SuiteContext,
  splitCaseKey,
} from '../../model/suite.ts';
import { cannotStart, causeOfDeath } from './death.ts';
import { counterPlaces, executedBy } from './executed.ts';
import { namedSuites } from './names.ts';
import { nothingMatches } from './nothing-matches.ts';
import { rerunFailed } from './reruns.ts';
import { byRunner } from './runner/index.ts';
import type { Listeners, ProcessRun, Runner } from './runner/runner.ts';

export interface TestRequest {
  readonly kernel: GuestRequest['kernel'];
  /** Absolute path of the initramfs. */
  readonly initramfs: string;
  readonly target: BootTarget;
  readonly machine: MachineSettings;
  /** The user vouches for the kernel. */
  readonly vouched?: boolean;
  readonly point: number;
  /** Name of a dialect that the directories of the suites bring. */
  readonly dialect?: string;
  /** Features of the series by name. */
  readonly features: Readonly<Record<string, FeatureState>>;
  /** Absolute paths of suite files. */
  readonly suites: readonly string[];
  /** Programs that are suites, by their names. */
  readonly programs?: SuiteContext['programs'];
  /** What the kernel does for each suite that KUnit runs. */
  readonly kunit?: SuiteContext['kunit'];
  /** The programs of each suite of kselftest. */
  readonly kselftest?: SuiteContext['kselftest'];
  /** Kernel logs of the cases go here; absolute. */
  readonly logDirectory: string;
  /** Absolute path of another module with an `openGuests`, for a world without QEMU. */
  readonly guestModule?: string;
  /** Only cases whose suite and name contain this text, ignoring case. */
  readonly match?: string;
  /** Only these cases, by their keys. */
  readonly only?: readonly string[];
  /** How cases that fail are run again; not at all when absent. */
  readonly reruns?: Reruns;
  /** Shuffles the order of the cases. */
  readonly seed?: number;
  /** How often a case that passes is repeated in its guest to find leaks; not at all when absent. */
  readonly leaks?: number;
  /** How many allocations of a case that passes fail at most, one by one; none when absent. */
  readonly faults?: number;
  /** Factor on every deadline; 1 unless given. */
  readonly timeScale?: number;
  /** The counters of the kernel, and the program that reads them: what cases execute is measured. */
  readonly counting?: { readonly counted: CountedBuild; readonly gcov: string };
}

/**
 * Runs suites against guests of one kernel, all files of one runner in one process. What a suite or the kernel does wrong
 * is a result. Throws InterruptedError, HostError (a runner cannot be started) and UserError.
 */
export async function testStage(request: TestRequest, context: Context): Promise<TestResult> {
  const { counting } = request;
  if (!counting) return await runAll(request, undefined, context);
  return await withScratch({ purpose: 'counters' }, async (directory) => {
    const result = await runAll(request, counterPlaces(counting.counted, directory), context);
    return { ...result, executed: await executedBy({ directory, ...counting }, context) };
  });
}

async function runAll(
  request: TestRequest,
  counters: CounterPlaces | undefined,
  context: Context,
): Promise<TestResult> {
  const started = performance.now();
  const base = await suiteContext(request, counters, context);
  const all: CaseResult[] = [];
  for (const [runner, suites] of byRunner(base.suites)) {
    const cases = await runGroup({ ...base, suites }, runner, request, context);
    all.push(...(request.faults === undefined ? cases : cases.map(withoutSweep)));
  }
  if (request.match !== undefined && all.length === 0) throw nothingMatches(request.match, [], request.suites);
  const worst = headlineCase(all);
  const failed = all.filter((each) => each.cause !== undefined && each.outcome !== 'pass').length;
  return {
    stage: 'test',
    outcome: worstOutcome(all),
    cases: all,
    ms: Math.round(performance.now() - started),
    reused: false,
    ...(worst?.cause ? { cause: summarise(worst, worst.cause, failed) } : {}),
  };
}

/** A case that passes and knows nothing of failed allocations, though that was asked for, says so. */
function withoutSweep(one: CaseResult): CaseResult {
  if (one.faults !== undefined || one.outcome !== 'pass') return one;
  return { ...one, faults: noSweep('a program makes its calls itself') };
}

async function suiteContext(
  request: TestRequest,
  counters: CounterPlaces | undefined,
  context: Context,
): Promise<Base> {
  return {
    cell: { point: request.point, target: request.target.name },
    features: request.features,
    suites: await namedSuites(request.suites, request.dialect),
    logDirectory: request.logDirectory,
    guests: context.guests,
    timeScale: request.timeScale ?? 1,
    guestModule: pathToFileURL(request.guestModule ?? ownGuestModule).href,
    guestRequest: {
      kernel: request.kernel,
      initramfs: request.initramfs,
      target: request.target.name,
      machine: request.machine,
      cache: context.cache,
      guests: context.guests,
      fresh: context.fresh,
      vouched: request.vouched === true,
      ...defined({ counters }),
    } satisfies GuestRequest,
    ...defined({
      dialect: request.dialect,
      match: request.match,
      seed: request.seed,
      leaks: request.leaks,
      faults: request.faults,
      programs: request.programs,
      kunit: request.kunit,
      kselftest: request.kselftest,
    }),
  };
}

type Base = Omit<SuiteContext, 'results' | 'only'>;

/**
 * Runs the suites of one runner. When the process ends before its time, the cases that were under way run again, each in
 * a process of its own, so that the one at fault is known; then the rest.
 */
async function runGroup(
  base: Base,
  runner: Runner,
  { reruns, only }: Pick<TestRequest, 'reruns' | 'only'>,
  context: Context,
): Promise<CaseResult[]> {
  const cases = new Map<string, CaseResult>();
  const keep = (result: CaseResult): void => {
    const key = caseKey(result.suite, result.name);
    if (cases.has(key)) return;
    cases.set(key, result);
    context.emit({ type: 'case-end', cell: base.cell, result });
  };
  const heardOf: Listeners = {
    onResult: keep,
    onNote: (text) => context.emit({ type: 'note', level: 'warning', text }),
  };
  let { suites } = base;
  const run = (keys = only): Promise<ProcessRun> =>
    runner.run({ ...base, suites, ...defined({ only: keys }) }, context.signal, heardOf);

  let last = await run();
  while (!last.loaded) {
    const { loading } = last;
    if (loading === undefined) throw cannotStart(last);
    keep({ suite: loading, name: loadingName, outcome: 'fail', ms: 0, cause: causeOfDeath(last) });
    suites = suites.filter(({ name }) => name !== loading);
    if (suites.length === 0) break;
    last = await run();
  }
  const { declared } = last;
  while (last.loaded) {
    // One at a time first: whichever ends the process again is the one at fault.
    for (const { suite, name } of last.unfinished) {
      const key = caseKey(suite, name);
      const alone = await run([key]);
      const cause = causeOfDeath(alone);
      if (cases.has(key)) continue;
      keep({ suite, name, outcome: outcomeOfDeath(alone, cause), ms: alone.command.ms, cause });
    }
    const rest = [...declared.keys()].filter((key) => !cases.has(key));
    if (rest.length === 0) break;
    const next = await run(rest);
    if (
      next.unfinished.length === 0 &&
      next.results.every((result) => !rest.includes(caseKey(result.suite, result.name)))
    ) {
      for (const key of rest) keep(notRun(key, causeOfDeath(next)));
      break;
    }
    last = next;
  }
  const again = (only: readonly string[], attempt: number): Promise<ProcessRun> => {
    const text = `running ${only.length} failed ${only.length === 1 ? 'case' : 'cases'} again, ${attempt} of ${reruns?.times ?? 0}`;
    context.emit({ type: 'stage-progress', stage: 'test', text, cell: base.cell });
    // The logs of the first failures stay.
    const logDirectory = path.join(base.logDirectory, `rerun-${attempt}`);
    const quiet = { ...heardOf, onResult: () => undefined };
    return runner.run({ ...base, suites, only, logDirectory }, context.signal, quiet);
  };
  return await rerunFailed([...cases.values()], reruns, again, (death) => {
    const cause = causeOfDeath(death);
    return { outcome: outcomeOfDeath(death, cause), cause };
  });
}

function outcomeOfDeath(run: ProcessRun, cause: Cause): Outcome {
  if (cause.blame === 'host') return 'not-run';
  return run.silent ? 'timeout' : 'fail';
}

function notRun(key: string, cause: Cause): CaseResult {
  return { ...splitCaseKey(key), outcome: 'not-run', ms: 0, cause };
}

function summarise(worst: CaseResult, cause: Cause, failed: number): Cause {
  const more = failed > 1 ? ` (and ${failed - 1} more)` : '';
  return { ...cause, summary: `${caseKey(worst.suite, worst.name)}: ${cause.summary}${more}` };
}

const ownGuestModule = path.join(import.meta.dirname, `guests${path.extname(import.meta.filename)}`);
