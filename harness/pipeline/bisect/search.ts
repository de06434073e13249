import path from 'node:path';
import { asOther, type Fault, flip, isOtherFailure, judge, lastStageOf, needsOf, telling } from '../../bisect/index.ts';
import { hashValues } from '../../host/files/hash.ts';
import {
  type BisectPoint,
  type BisectResult,
  type Diagnostic,
  defined,
  InterruptedError,
  type Observation,
  type Sign,
  UserError,
} from '../../model/index.ts';
import type { CellWork } from '../run/work.ts';
import { doubt, isDoubt } from './doubts.ts';
import { finish, hostError, refuseEnd } from './finish.ts';
import type { Search } from './request.ts';
import type { TryPlace } from './space.ts';
import { judgeTry } from './try.ts';

/** How often a point is tried when the machine fails it in a way that may pass. */
const hostAttempts = 2;
/** So many points failed by the machine end the bisection: it is not the points. */
const hostLimit = 3;

/** The warnings of the good end, where any other one counts. */
export async function knownWarnings(search: Search): Promise<readonly Diagnostic[]> {
  if (!needsOf(search.request.predicate).goodEnd) return [];
  const { goodEnd } = search.space;
  search.context.emit({ type: 'search', text: `Bisecting: warnings of the good end do not count: ${goodEnd.label}` });
  const { work } = await workPoint(search, goodEnd, 0);
  if (work.build?.image !== undefined) return work.build.warnings;
  if (work.fault) throw hostError(goodEnd, work.fault.cause.summary, work.fault.cause.excerpt, work.fault.retryable);
  throw new UserError(`${goodEnd.label} does not build, so its warnings are unknown`, {
    code: 'QB-USAGE',
    hint: [
      ...(work.build?.cause?.excerpt ?? work.configure?.cause?.excerpt ?? []),
      'say which warning: --warning REGEX',
    ].join('\n'),
  });
}

/** Asks, tries and judges until the space has its conclusion. */
export async function conclude(before: Search, known: readonly Diagnostic[]): Promise<BisectResult> {
  const search: Search = { ...before, known };
  const { space, context, state } = search;
  for (;;) {
    const signs = signsOf(search);
    const step = space.next(search.request.fixed ? new Map([...signs].map(([key, sign]) => [key, flip(sign)])) : signs);
    if (step.kind === 'refusal') throw refuseEnd(search, step.end);
    if (step.kind === 'conclusion') {
      const doubts = await doubt(search, step, (point, work) => tryBeside(search, point, work));
      return await finish(search, step, { signs: signsOf(search), doubts });
    }
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
  for (const [key, { point, observations }] of state.tries) {
    if (isDoubt(point)) continue;
    const sign = judge(observations, request.repeat, key === space.badEnd.key);
    // What is not there yet can't fail, so the point that brings it may be the first bad one.
    const isAbsent = sign === 'skip' && key !== space.badEnd.key && observations.every(({ absent }) => absent);
    if (sign !== undefined) signs.set(key, isAbsent ? 'good' : sign);
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
      const first = state.tries.get(search.space.badEnd.key)?.observations ?? [];
      const isOther = !request.fixed && !request.anyFailure && isOtherFailure(first, seen);
      await state.add(point, isOther ? asOther(first, seen) : seen);
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
    if (search.hostFaults.size >= hostLimit) throw hostError(point, summary, excerpt, true);
    return 'skip';
  }
}

async function workPoint(
  search: Search,
  point: BisectPoint,
  attempt: number,
): Promise<{ readonly work: CellWork; readonly name: string }> {
  const { work, name } = await workBeside(search, point, attempt, (place) => search.space.work(point, place));
  return { work, name };
}

/** A place of its own for a try, and what came of it there. */
async function workBeside(
  search: Search,
  point: BisectPoint,
  attempt: number,
  workIn: (place: TryPlace) => Promise<CellWork>,
): Promise<{ readonly work: CellWork; readonly name: string }> {
  const { request, context, directory, suites, boots } = search;
  const { predicate } = request;
  const slug = point.commit?.slice(0, 12) ?? (point.key === '' ? 'none' : hashValues(point.key).slice(0, 12));
  const name = path.join('tries', `${/^\d+$/.test(point.key) ? `point-${point.key}` : slug}-${attempt + 1}`);
  const work = await workIn({
    context,
    again: attempt > 0,
    suites,
    boots,
    directory: { path: path.join(directory, name) },
    request: {
      until: lastStageOf(predicate, suites.length > 0),
      ...defined({ case: needsOf(predicate).case }),
    },
  });
  return { work, name };
}

/** Tries something beside the points of the search until its sign is known. */
async function tryBeside(
  search: Search,
  point: BisectPoint,
  workIn: (place: TryPlace) => Promise<CellWork>,
): Promise<readonly Observation[]> {
  const { request, state, directory, known } = search;
  for (;;) {
    const observations = state.tries.get(point.key)?.observations ?? [];
    if (judge(observations, request.repeat, false) !== undefined) return observations;
    const { work, name } = await workBeside(search, point, observations.length, workIn);
    const seen = await judgeTry(request.predicate, work, { directory, name }, known);
    if (seen.sign === 'host') throw hostError(point, seen.cause.summary, seen.cause.excerpt, seen.retryable);
    await state.add(point, seen);
  }
}

async function tryPoint(search: Search, point: BisectPoint, attempt: number): Promise<Observation | Fault> {
  const { request, directory, known } = search;
  const { work, name } = await workPoint(search, point, attempt);
  return await judgeTry(request.predicate, work, { directory, name }, known);
}
