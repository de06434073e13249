import { hashValues } from '../../host/files/hash.ts';
import { fromStore } from '../../host/files/store.ts';
import {
  type Context,
  countFaults,
  defined,
  type FaultSweep,
  isFlaky,
  type KnownIssue,
  type KselftestPlan,
  type KunitPlan,
  type ProgramSuite,
  type Reruns,
  suiteKind,
  sumFaults,
  sweptSeconds,
  type TestResult,
  warning,
} from '../../model/index.ts';
import type { FeatureState } from '../../model/suite.ts';
import { judgeKnown, withKnownCases } from '../../results/index.ts';
import { slownessOf } from '../guest/deadlines.ts';
import { type Bootable, bootKey } from '../guest/stored-boot.ts';
import { withStage } from '../with-stage.ts';
import { dialectModules } from './dialects.ts';
import { suiteHash } from './runner/index.ts';
import { type TestRequest, testStage } from './stage.ts';

export interface StoredTestRequest extends Bootable {
  readonly features: Readonly<Record<string, FeatureState>>;
  /** Absolute paths of suite files. */
  readonly suites: readonly string[];
  /** Programs that are suites, by their names. */
  readonly programs?: Readonly<Record<string, ProgramSuite>>;
  /** What the kernel does for each suite that KUnit runs. */
  readonly kunit?: Readonly<Record<string, KunitPlan>>;
  /** The programs of each suite of kselftest. */
  readonly kselftest?: Readonly<Record<string, KselftestPlan>>;
  readonly dialect?: string;
  /** Milliseconds that the boot took, to tell how slow guests are here. */
  readonly bootMs?: number;
  /** Only cases whose suite and name contain this text, ignoring case. */
  readonly match?: string;
  readonly seed?: number;
  readonly leaks?: number;
  readonly faults?: number;
  readonly reruns?: Reruns;
  /** See {@link TestRequest}. */
  readonly counting?: TestRequest['counting'];
  /** Failures that are known; what is stored does not depend on them. */
  readonly issues?: readonly KnownIssue[];
}

/**
 * The test stage: runs suites in guests of one kernel, or takes their results from the store where the same suites had
 * the same image before. Logs of the cases are in `directory`, and causes name them from there.
 *
 * @throws HostError, UserError, InterruptedError; see {@link testStage}
 */
export async function runStoredSuites(
  request: StoredTestRequest,
  context: Context,
): Promise<{ readonly result: TestResult; readonly directory: string }> {
  const { target, kernel, image, machine, cell, features, suites, bootMs, vouched } = request;
  let logs = '';
  const result = await withStage(context, { stage: 'test', what: target.name, cell }, async () => {
    const { dialect, match, seed, reruns, leaks, faults, kunit, kselftest, counting } = request;
    const programs = usedPrograms(request);
    const modules = await dialectModules(suites, dialect);
    const choice = [match ?? null, seed ?? null, reruns ?? null, leaks ?? null];
    const entry = await fromStore<TestResult>({
      store: context.cache.store,
      shared: context.shared,
      kind: 'test',
      key: hashValues(
        await bootKey(request),
        features,
        dialect ?? null,
        ...choice,
        await suiteHash(suites, modules),
        ...Object.values(programs ?? {}).map(({ argv, pass, timeoutMs }) => [argv, pass, timeoutMs]),
        ...(kunit ? [kunit] : []),
        ...(kselftest ? [kselftest] : []),
        ...(counting ? ['gcov', counting.counted.hash] : []),
        ...(faults === undefined ? [] : ['faults', faults]),
      ),
      fresh: context.fresh,
      say: warning(context),
      // Counters that could not be read are looked for again, and so is what the machine kept from being known.
      keep: (made) =>
        typeof made.executed !== 'string' &&
        made.cases.every((one) => one.cause?.blame !== 'host' && one.faults?.machine !== true),
      make: (logDirectory) =>
        testStage(
          {
            ...{ kernel, target, machine, features, suites, logDirectory, initramfs: image.initramfs, vouched },
            point: cell.point,
            timeScale: slownessOf(bootMs),
            ...defined({ dialect, match, seed, reruns, leaks, faults, programs, kunit, kselftest, counting }),
          },
          judging(context, request),
        ),
    });
    logs = entry.directory;
    const judged = withKnownCases(entry.result, target.name, request.issues ?? []);
    return {
      result: { ...judged, reused: entry.reused, ...defined({ taken: entry.taken }) },
      detail: countCases(judged),
    };
  });
  return { result, directory: logs };
}

/** A context whose listeners hear of cases as they count. */
function judging(context: Context, { target, issues = [] }: StoredTestRequest): Context {
  return {
    ...context,
    emit: (event) =>
      context.emit(
        event.type === 'case-end' ? { ...event, result: judgeKnown(event.result, target.name, issues) } : event,
      ),
  };
}

/** The programs that are among the suites; absent where none is. */
function usedPrograms({ suites, programs = {} }: StoredTestRequest): StoredTestRequest['programs'] {
  const used = suites.flatMap((word) => {
    const found = suiteKind(word);
    const suite = found?.kind === 'program' ? programs[found.what] : undefined;
    return found && suite ? [[found.what, suite] as const] : [];
  });
  return used.length === 0 ? undefined : Object.fromEntries(used);
}

/** `12 passed, 1 failed, 1 known` */
function countCases({ cases }: TestResult): string {
  const passed = cases.filter((one) => one.outcome === 'pass').length;
  const skipped = cases.filter((one) => one.outcome === 'skip').length;
  const known = cases.filter((one) => one.outcome === 'known').length;
  const flaky = cases.filter(isFlaky).length;
  const counts = [
    [passed, 'passed'],
    [cases.length - passed - skipped - known, 'failed'],
    [known, 'known'],
    [flaky, 'flaky'],
    [skipped, 'skipped'],
  ] as const;
  return counts
    .filter(([many, word]) => many > 0 || word === 'passed')
    .map(([many, word]) => `${many} ${word}`)
    .concat(injectionWords(cases.flatMap(({ faults }) => faults ?? [])))
    .join(', ');
}

/** `341 allocations failed one by one (10.2 a second)` */
function injectionWords(sweeps: readonly FaultSweep[]): string[] {
  const count = countFaults({ counts: sumFaults(sweeps) });
  const seconds = sweptSeconds(sweeps);
  return count === 0 ? [] : [`${count} allocations failed one by one (${(count / seconds).toFixed(1)} a second)`];
}
