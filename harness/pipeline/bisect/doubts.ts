import { type Checked, doubtEnd, doubtImage, doubtRevert, judge } from '../../bisect/index.ts';
import { type BisectPoint, type Doubt, type Observation, type Sign, UserError } from '../../model/index.ts';
import type { CellWork } from '../run/work.ts';
import { type Search } from './request.ts';
import type { Conclusion, TryPlace } from './space.ts';

/** Tries beside the search have keys that no point of it has. */
const prefix = 'doubt:';

export function isDoubt({ key }: BisectPoint): boolean {
  return key.startsWith(prefix);
}

/** Tries a point until its sign is known, under a key of its own. */
type Try = (point: BisectPoint, work: (place: TryPlace) => Promise<CellWork>) => Promise<readonly Observation[]>;

/** What a culprit has to stand before it is named; empty where the space has nothing to hold against it. */
export async function doubt(search: Search, { outcome, bad, good }: Conclusion, tryPoint: Try): Promise<Doubt[]> {
  const { space, request, state, context } = search;
  const [culprit, ...more] = outcome.kind === 'found' ? outcome.culprits : [];
  const { revert } = space;
  if (culprit === undefined || more.length > 0 || revert === undefined || !request.doubt) return [];
  const fixed = request.fixed === true;
  const check = async (point: BisectPoint, work: (place: TryPlace) => Promise<CellWork>): Promise<Checked> => {
    const observations = await tryPoint(point, work);
    const sign: Sign = judge(observations, request.repeat, false) ?? 'skip';
    return { point, sign, observations };
  };
  const tries = (point: BisectPoint | undefined): readonly Observation[] | undefined =>
    point && state.tries.get(point.key)?.observations;
  const doubts: Doubt[] = [];
  const image = doubtImage(tries(bad), tries(good));
  if (image) doubts.push(image);
  const { goodEnd, badEnd } = space;
  if (!state.tries.has(goodEnd.key)) {
    context.emit({ type: 'search', text: `Verifying the end: ${goodEnd.label}` });
    const point = { ...goodEnd, key: `${prefix}end` };
    doubts.push(doubtEnd(await check(point, (place) => space.work(goodEnd, place)), fixed ? 'bad' : 'good'));
  }
  context.emit({ type: 'search', text: `Verifying the culprit: ${badEnd.label} with ${culprit.label} reverted` });
  try {
    const point = { ...badEnd, key: `${prefix}revert ${culprit.key}` };
    doubts.push(doubtRevert(await check(point, (place) => revert(culprit, place)), fixed ? 'bad' : 'good'));
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const text = `it can’t be reverted on top of ${badEnd.label}: ${error.message}`;
    doubts.push({ kind: 'revert', verdict: 'unknown', text });
  }
  return doubts;
}
