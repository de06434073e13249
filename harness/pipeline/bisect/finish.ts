import path from 'node:path';
import { describePredicate, gitBisectLog, surerBy, telling } from '../../bisect/index.ts';
import { replaceLink, writeFileAtomic, writeJson } from '../../host/files/write.ts';
import {
  type BisectPoint,
  type BisectResult,
  type Doubt,
  defined,
  HostError,
  type PointTries,
  type Sign,
  UserError,
} from '../../model/index.ts';
import { renderBisect } from '../../report/index.ts';
import type { Search } from './request.ts';
import type { Conclusion } from './space.ts';

/** The machine stands in the way of a point. */
export function hostError(
  point: BisectPoint,
  summary: string,
  excerpt: readonly string[],
  retryable: boolean,
): HostError {
  return new HostError(`${point.label} can’t be judged, the machine is to blame: ${summary}`, {
    hint: [...excerpt, 'progress is saved; run the same command to resume'].join('\n'),
    retryable,
  });
}

/** Why there is nothing to search between. */
export function refuseEnd(search: Search, end: BisectPoint): UserError | HostError {
  const { state, hostFaults } = search;
  const fault = hostFaults.get(end.key);
  if (fault) return hostError(end, fault.summary, [], true);
  const observation = telling(state.tries.get(end.key)?.observations ?? [], 'skip');
  const summary = observation?.summary ?? 'it was not tested';
  const hint = [...(observation?.excerpt ?? [])];
  hint.push('choose ends that can be judged: --points A..B, --range GOOD..BAD, or another predicate');
  return new UserError(`${end.label} can’t be judged, and it is an end of the bisection: ${summary}`, {
    code: 'QB-BISECT-ENDS',
    hint: hint.join('\n'),
  });
}

/** Joins what was found out into the result, and keeps it with its report and git's log. */
export async function finish(
  search: Search,
  conclusion: Conclusion,
  { signs, doubts }: { readonly signs: ReadonlyMap<string, Sign>; readonly doubts: readonly Doubt[] },
): Promise<BisectResult> {
  const { request, space, state, directory, hostFaults } = search;
  const looked: PointTries[] = [...state.tries.values()].flatMap(({ point, observations }) => {
    const sign = signs.get(point.key);
    return sign === undefined ? [] : [{ point, sign, observations }];
  });
  const of = (point: BisectPoint | undefined): PointTries | undefined =>
    looked.find((one) => one.point.key === point?.key);
  // Where the first good point was looked for, the sides of the search are the other way round.
  const fixed = request.fixed === true;
  const bad = of(fixed ? conclusion.good : conclusion.bad);
  const good = of(fixed ? conclusion.bad : conclusion.good);
  const { outcome } = conclusion;
  const before = request.repeat > 1 && !fixed ? space.sureness(conclusion, looked) : undefined;
  const isReverted = doubts.some(({ kind, verdict }) => kind === 'revert' && verdict === 'holds');
  const sure = before && isReverted ? surerBy(before, request.repeat) : before;
  const culprit = outcome.kind === 'found' ? outcome.culprits[0] : undefined;
  const reproduce = bad && space.reproduce(bad.point);
  const result: BisectResult = {
    format: 1,
    title: space.title,
    predicate: describePredicate(request.predicate),
    outcome,
    ...(fixed && { fixed }),
    ...(doubts.length > 0 && { doubts }),
    ...(bad && { bad }),
    ...(good && { good }),
    ...(sure && sure.tries > 0 ? { sureness: sure } : {}),
    path: looked,
    hostFaults: [...hostFaults.values()],
    ...(space.repository !== undefined && !fixed && outcome.kind !== 'all-good' && outcome.kind !== 'all-bad'
      ? {
          repository: space.repository,
          gitLog: gitBisectLog({
            bad: space.badEnd,
            good: space.goodEnd,
            judged: looked,
            ...(culprit && { culprit }),
            ...(outcome.kind === 'one-of' ? { suspects: outcome.suspects } : {}),
          }),
        }
      : {}),
    ...defined({ reproduce }),
    directory,
  };
  await writeJson(path.join(directory, 'bisect.json'), result);
  await writeFileAtomic(path.join(directory, 'report.txt'), renderBisect(result));
  if (result.gitLog !== undefined) await writeFileAtomic(path.join(directory, 'git-bisect.log'), result.gitLog);
  await replaceLink(path.join(request.out, 'latest'), path.basename(directory));
  return result;
}
