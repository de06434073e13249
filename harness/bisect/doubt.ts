import type { BisectPoint, Doubt, Observation, Sign, Sureness } from '../model/index.ts';

/**
 * Whether a failure is another one than that of the bad end: both are reports of the kernel, and their titles differ. What
 * is to blame for the one says nothing of the other.
 *
 * @param first what the tries at the bad end showed
 */
export function isOtherFailure(first: readonly Observation[], seen: Pick<Observation, 'sign' | 'title'>): boolean {
  const titles = first.filter(({ sign }) => sign === 'bad').map(({ title }) => title);
  if (seen.sign !== 'bad' || seen.title === undefined) return false;
  return titles.length > 0 && titles.every((title) => title !== undefined && title !== seen.title);
}

/** The observation as one that can't be judged: it failed, but in another way than what is looked for. */
export function asOther(first: readonly Observation[], seen: Observation): Observation {
  const wanted = first.find(({ sign }) => sign === 'bad')?.title ?? '';
  return { ...seen, sign: 'skip', summary: `another failure than "${wanted}": ${seen.summary}` };
}

/** What the other side of a search takes for good; only a search for the first good point has use for it. */
export function flip(sign: Sign): Sign {
  return sign === 'good' ? 'bad' : sign === 'bad' ? 'good' : 'skip';
}

/** A point whose tries are told apart from those of the search. */
export interface Checked {
  readonly point: BisectPoint;
  readonly sign: Sign;
  readonly observations: readonly Observation[];
}

function imageOf(observations: readonly Observation[] | undefined): string | undefined {
  return observations?.find(({ image }) => image !== undefined)?.image;
}

/**
 * Whether the culprit changes the kernel at all: with one image on both sides nothing that it does can make the difference.
 * Undefined where an image is not known, for instance of a point that does not build.
 */
export function doubtImage(
  culprit: readonly Observation[] | undefined,
  parent: readonly Observation[] | undefined,
): Doubt | undefined {
  const [with_, without] = [imageOf(culprit), imageOf(parent)];
  if (with_ === undefined || without === undefined) return undefined;
  return with_ === without
    ? { kind: 'image', verdict: 'against', text: 'the kernel is the same with it and without it, byte for byte' }
    : { kind: 'image', verdict: 'holds', text: 'it changes the kernel' };
}

function words(sign: Sign): string {
  return sign === 'bad' ? 'fails' : 'passes';
}

/** Whether the good end is really good. `expected` is its sign. */
export function doubtEnd({ point, sign, observations }: Checked, expected: 'good' | 'bad'): Doubt {
  const summary = observations.at(-1)?.summary ?? '';
  if (sign === 'skip') return { kind: 'end', verdict: 'unknown', text: `${point.label} can’t be judged: ${summary}` };
  if (sign === expected) return { kind: 'end', verdict: 'holds', text: `${point.label} ${words(sign)}, as expected` };
  const text = `${point.label} ${words(sign)}, so the failure is intermittent: ${summary}`;
  return { kind: 'end', verdict: 'against', text };
}

/** Whether the last point without the culprit is what it should be then. `expected` is its sign. */
export function doubtRevert({ point, sign, observations }: Checked, expected: 'good' | 'bad'): Doubt {
  const summary = observations.at(-1)?.summary ?? '';
  if (sign === 'skip') {
    return {
      kind: 'revert',
      verdict: 'unknown',
      text: `${point.label}, with it reverted, can’t be judged: ${summary}`,
    };
  }
  const text = `${point.label}, with it reverted, ${words(sign)}: ${summary}`;
  return { kind: 'revert', verdict: sign === expected ? 'holds' : 'against', text };
}

/**
 * How sure a verdict is after so many passes with the culprit reverted: had it been another one, each of them would have
 * passed by chance alone.
 */
export function surerBy(sure: Sureness, passes: number): Sureness {
  const { probability, rate } = sure;
  const chance = (1 - probability) * (1 - rate) ** passes;
  return { ...sure, probability: probability / (probability + chance) };
}
