import path from 'node:path';
import {
  describePredicate,
  type Fault,
  gitBisectLog,
  judge,
  lastStageOf,
  nearestTitle,
  telling,
} from '../bisect/index.ts';
import { hashValues, readText, writeFileAtomic, writeJson } from '../host/files.ts';
import { withLock } from '../host/lock.ts';
import { replaceLink } from '../host/run-directory.ts';
import {
  type BisectPoint,
  type BisectResult,
  type Context,
  type Diagnostic,
  HostError,
  InterruptedError,
  type Observation,
  type Predicate,
  type Project,
  type Sign,
  type Target,
  type Tries,
  UserError,
} from '../model/index.ts';
import { renderBisect } from '../report/index.ts';
import { openOptionsSpace } from './bisect-options.ts';
import { openRangeSpace } from './bisect-range.ts';
import { openSeriesSpace } from './bisect-series.ts';
import type { Conclusion, Space } from './bisect-space.ts';
import { type BisectState, openBisectState } from './bisect-state.ts';
import { judgeTry } from './bisect-try.ts';
import { chooseSuites } from './choose-suites.ts';
import type { Invocation } from './reproduce.ts';
import type { Selection } from './select.ts';
import { readSeries } from './series.ts';
import { suiteHash } from './suite-hash.ts';

/** What is searched through; the points of the series when neither a range nor options are named. */
export interface BisectSubject {
  /** `GOOD..BAD` of a tree that comes from git, the series on top of each commit. */
  readonly range?: string;
  /** A configuration or a file whose options make it fail, and what passes. */
  readonly options?: { readonly bad: string; readonly good?: string };
  readonly points?: string;
}

export interface BisectRequest extends BisectSubject {
  readonly project: Project;
  readonly selection: Selection;
  readonly target: Target;
  readonly predicate: Predicate;
  /** How often a point must pass before it counts as good. */
  readonly repeat: number;
  /** Globs or names of suites instead of the series' own. */
  readonly suites?: readonly string[];
  /** Directory that bisections are kept in. */
  readonly out: string;
  readonly invocation: Invocation;
}

/** A change of this number makes every stored bisection begin anew. */
const format = 1;
/** How often a point is tried when the machine fails it in a way that may pass. */
const hostAttempts = 2;

interface Search {
  readonly request: BisectRequest;
  readonly context: Context;
  readonly space: Space;
  readonly state: BisectState;
  readonly directory: string;
  readonly suites: readonly string[];
  /** Warnings that do not count. */
  readonly known: readonly Diagnostic[];
  readonly hostFaults: Map<string, { readonly point: BisectPoint; readonly summary: string }>;
}

/**
 * Looks for the patch, commit or option that makes the predicate true. Every observation is stored at once, so the same
 * request goes on where an earlier one stopped; `context.fresh` begins anew.
 *
 * @throws UserError for ends that can't be judged, HostError when the machine stands in the way, InterruptedError
 */
export async function bisect(request: BisectRequest, context: Context): Promise<BisectResult> {
  const { predicate, selection } = request;
  const series = await readSeries(selection.spec, context.signal);
  const withSuites = predicate.kind === 'case' || request.suites !== undefined;
  const suites = withSuites ? await chooseSuites(request.suites, series, request.project) : [];
  if (predicate.kind === 'case' && suites.length === 0) {
    throw new UserError(`series ${series.name} has no suites, so it has no case "${predicate.text}"`, {
      hint: 'name one with --suite, or say what is bad by --build, --boot, --log or --warning',
    });
  }
  const stage = lastStageOf(predicate, withSuites);
  const space = await openSpace(request, stage, context);
  try {
    const identity = [format, space.identity, predicate, request.repeat, await suiteHash(suites)];
    const id = hashValues(identity).slice(0, 8);
    const name = `${series.name}-${selection.recipe.name}-${request.target.name}-${predicate.kind}-${id}`;
    const directory = path.join(request.out, name);
    const lock = { file: path.join(context.cache.locks, `bisect-${id}.lock`), signal: context.signal, purpose: name };
    const onWait = (holder: string): void =>
      context.emit({ type: 'note', level: 'info', text: `the same bisection goes on elsewhere, waiting: ${holder}` });
    return await withLock({ ...lock, onWait }, async () => {
      const state = await openBisectState(directory, space.title, context.fresh);
      context.emit({ type: 'search', text: `${space.title}; ${describePredicate(predicate)}` });
      if (state.tries.size > 0) {
        context.emit({
          type: 'search',
          text: `going on with ${state.tries.size} points judged before (--fresh begins anew)`,
        });
      }
      const search: Search = { request, context, space, state, directory, suites, known: [], hostFaults: new Map() };
      return await conclude(search, await knownWarnings(search));
    });
  } finally {
    await space.close();
  }
}

function openSpace(request: BisectRequest, stage: 'build' | 'boot' | 'test', context: Context): Promise<Space> {
  const { predicate, range, options } = request;
  const common = { ...request, stage, ...(predicate.kind === 'case' ? { case: predicate.text } : {}) };
  if (range !== undefined) return openRangeSpace({ ...common, range }, context);
  if (options)
    return openOptionsSpace(
      { ...common, points: 'final', ...definedPoints(request), ...options, directory: request.out },
      context,
    );
  return openSeriesSpace({ ...common, points: request.points ?? 'all' }, context);
}

function definedPoints({ points }: BisectRequest): { points?: string } {
  return points === undefined ? {} : { points };
}

/** The warnings of the good end, where any other one counts. */
async function knownWarnings(search: Search): Promise<readonly Diagnostic[]> {
  const { predicate } = search.request;
  if (predicate.kind !== 'warning' || predicate.pattern !== undefined) return [];
  const { goodEnd } = search.space;
  search.context.emit({ type: 'search', text: `Bisecting: warnings of the good end do not count: ${goodEnd.label}` });
  const { work } = await workPoint(search, goodEnd, 0);
  if (work.build?.image !== undefined) return work.build.warnings;
  if (work.fault) throw hostError(goodEnd, work.fault.cause.summary, work.fault.cause.excerpt, work.fault.retryable);
  throw new UserError(`${goodEnd.label} does not build, so its warnings are unknown`, {
    hint: [
      ...(work.build?.cause?.excerpt ?? work.configure?.cause?.excerpt ?? []),
      'say which warning: --warning REGEX',
    ].join('\n'),
  });
}

async function conclude(before: Search, known: readonly Diagnostic[]): Promise<BisectResult> {
  const search: Search = { ...before, known };
  const { space, context, state } = search;
  for (;;) {
    const step = space.next(signsOf(search));
    if (step.kind === 'refusal') throw await refuse(search, step.end);
    if (step.kind === 'conclusion') return await finish(search, step);
    context.emit({ type: 'search', text: step.text });
    const sign = await judgePoint(search, step.point, step.isEnd);
    const observation = telling(state.tries.get(step.point.key)?.observations ?? [], sign);
    const word = sign === 'skip' ? 'can’t be judged' : sign;
    const why = observation?.summary ?? search.hostFaults.get(step.point.key)?.summary ?? '';
    context.emit({ type: 'search', text: `  ${step.point.label}: ${word}: ${why}` });
    if (context.signal.aborted) throw new InterruptedError();
  }
}

/** The signs of all points that need no further try. */
function signsOf({ state, request, hostFaults, space }: Search): Map<string, Sign> {
  const signs = new Map<string, Sign>();
  for (const [key, { observations }] of state.tries) {
    const sign = judge(observations, request.repeat, key === space.badEnd.key);
    if (sign !== undefined) signs.set(key, sign);
  }
  for (const key of hostFaults.keys()) signs.set(key, 'skip');
  return signs;
}

/** Tries a point until its sign is known. */
async function judgePoint(search: Search, point: BisectPoint, isEnd: boolean): Promise<Sign> {
  const { request, state, context } = search;
  let faults = 0;
  for (;;) {
    const observations = state.tries.get(point.key)?.observations ?? [];
    const sign = judge(observations, request.repeat, isEnd);
    if (sign !== undefined) return sign;
    const seen = await tryPoint(search, point, observations.length);
    if (seen.sign !== 'host') {
      await state.add(point, seen);
      if (request.repeat > 1 && !seen.settled) {
        const count = `try ${observations.length + 1} of ${request.repeat}`;
        context.emit({ type: 'search', text: `  ${point.label}: ${count}: ${seen.sign}: ${seen.summary}` });
      }
      continue;
    }
    const { summary, excerpt } = seen.cause;
    faults += 1;
    if (!seen.retryable || (isEnd && faults === hostAttempts)) throw hostError(point, summary, excerpt, seen.retryable);
    if (faults < hostAttempts) {
      context.emit({ type: 'note', level: 'warning', text: `${point.label}: ${summary}; trying again` });
      continue;
    }
    // The machine may be fine for another point. This is not stored: the next time, it is tried again.
    context.emit({
      type: 'note',
      level: 'warning',
      text: `${point.label}: ${summary}; left out, as it can’t be judged`,
    });
    search.hostFaults.set(point.key, { point, summary });
    return 'skip';
  }
}

async function workPoint(search: Search, point: BisectPoint, attempt: number) {
  const { request, context, space, directory, suites } = search;
  const { predicate } = request;
  const slug = point.commit?.slice(0, 12) ?? (point.key === '' ? 'none' : hashValues(point.key).slice(0, 12));
  const name = path.join('tries', `${/^\d+$/.test(point.key) ? `point-${point.key}` : slug}-${attempt + 1}`);
  const work = await space.work(point, {
    context,
    again: attempt > 0,
    suites,
    directory: { path: path.join(directory, name) },
    request: {
      until: lastStageOf(predicate, suites.length > 0),
      ...(predicate.kind === 'case' ? { case: predicate.text } : {}),
    },
  });
  return { work, name };
}

async function tryPoint(search: Search, point: BisectPoint, attempt: number): Promise<Observation | Fault> {
  const { request, directory, known } = search;
  const { work, name } = await workPoint(search, point, attempt);
  return await judgeTry(request.predicate, work, { directory, name }, known);
}

function hostError(point: BisectPoint, summary: string, excerpt: readonly string[], retryable: boolean): HostError {
  return new HostError(`${point.label} can’t be judged, the machine is to blame: ${summary}`, {
    hint: [...excerpt, 'what was found out so far is kept; the same command goes on with it'].join('\n'),
    retryable,
  });
}

/** Why there is nothing to search between. */
async function refuse(search: Search, end: BisectPoint): Promise<UserError | HostError> {
  const { request, state, suites, hostFaults } = search;
  const fault = hostFaults.get(end.key);
  if (fault) return hostError(end, fault.summary, [], true);
  const observation = telling(state.tries.get(end.key)?.observations ?? [], 'skip');
  const summary = observation?.summary ?? 'nothing is known of it';
  const hint = [...(observation?.excerpt ?? [])];
  if (request.predicate.kind === 'case' && summary.startsWith('no case has')) {
    const texts = await Promise.all(suites.map((file) => readText(file)));
    const guess = nearestTitle(request.predicate.text, texts);
    if (guess !== undefined) hint.push(`did you mean "${guess}"?`);
    hint.push(`suites: ${suites.map((file) => path.basename(file)).join(', ')}; --suite takes others`);
    return new UserError(`${summary}`, { hint: hint.join('\n') });
  }
  hint.push('choose ends that can be judged: --points A..B, --range GOOD..BAD, or another predicate');
  return new UserError(`${end.label} can’t be judged, and it is an end of the bisection: ${summary}`, {
    hint: hint.join('\n'),
  });
}

async function finish(search: Search, conclusion: Conclusion): Promise<BisectResult> {
  const { request, space, state, directory, hostFaults } = search;
  const signs = signsOf(search);
  const path_: Tries[] = [...state.tries.values()].flatMap(({ point, observations }) => {
    const sign = signs.get(point.key);
    return sign === undefined ? [] : [{ point, sign, observations }];
  });
  const of = (point: BisectPoint | undefined): Tries | undefined => path_.find((one) => one.point.key === point?.key);
  const bad = of(conclusion.bad);
  const good = of(conclusion.good);
  const { outcome } = conclusion;
  const sure = request.repeat > 1 ? space.sureness(conclusion, path_) : undefined;
  const culprit = outcome.kind === 'found' ? outcome.culprits[0] : undefined;
  const reproduce = bad && space.reproduce(bad.point);
  const result: BisectResult = {
    format: 1,
    title: space.title,
    predicate: describePredicate(request.predicate),
    outcome,
    ...(bad && { bad }),
    ...(good && { good }),
    ...(sure && sure.tries > 0 ? { sureness: sure } : {}),
    path: path_,
    hostFaults: [...hostFaults.values()],
    ...(space.repository !== undefined && outcome.kind !== 'all-good' && outcome.kind !== 'all-bad'
      ? {
          repository: space.repository,
          gitLog: gitBisectLog({
            bad: space.badEnd,
            good: space.goodEnd,
            judged: path_,
            ...(culprit && { culprit }),
            ...(outcome.kind === 'one-of' ? { suspects: outcome.suspects } : {}),
          }),
        }
      : {}),
    ...(reproduce === undefined ? {} : { reproduce }),
    directory,
  };
  await writeJson(path.join(directory, 'bisect.json'), result);
  await writeFileAtomic(path.join(directory, 'report.txt'), renderBisect(result));
  if (result.gitLog !== undefined) await writeFileAtomic(path.join(directory, 'git-bisect.log'), result.gitLog);
  await replaceLink(path.join(request.out, 'latest'), path.basename(directory));
  return result;
}
