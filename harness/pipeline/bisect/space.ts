import type { Graph } from '../../bisect/index.ts';
import { chain, nextStep, sureness, withAncestors } from '../../bisect/index.ts';
import type { BisectOutcome, BisectPoint, Context, PointTries, Sign, Sureness } from '../../model/index.ts';
import type { CellState, CellWork } from '../run/work.ts';

/** What a search wants next. */
interface Question {
  readonly kind: 'question';
  readonly point: BisectPoint;
  /** The bad end: before it has failed nothing else is looked at. */
  readonly isEnd: boolean;
  /** What a person reads about it. */
  readonly text: string;
}

/** What a search came to. */
export interface Conclusion {
  readonly kind: 'conclusion';
  readonly outcome: BisectOutcome;
  /** The points whose tries show it from both sides. */
  readonly bad?: BisectPoint;
  readonly good?: BisectPoint;
}

/** An end that can't be judged, so that there is nothing to search between. */
interface Refusal {
  readonly kind: 'refusal';
  readonly end: BisectPoint;
}

/** The surroundings of one try; the space adds what belongs to its points. */
export type TryPlace = Pick<CellState, 'directory' | 'suites' | 'boots'> & {
  readonly request: Pick<CellState['request'], 'until' | 'case'>;
  readonly context: Context;
  /** Boot and test anew, whatever the store has. */
  readonly again: boolean;
};

/** What is searched through: the points of a series, the commits of a range, or sets of options. */
export interface Space {
  /** In a few words, for people. */
  readonly title: string;
  /** Everything that makes two searches the same one, beside the predicate. */
  readonly identity: unknown;
  readonly goodEnd: BisectPoint;
  readonly badEnd: BisectPoint;
  /** Whether points are commits, so that git can follow. */
  readonly repository?: string;
  next(signs: ReadonlyMap<string, Sign>): Question | Conclusion | Refusal;
  /** Takes a point through the stages. */
  work(point: BisectPoint, place: TryPlace): Promise<CellWork>;
  /**
   * Takes the bad end with a culprit reverted on top through the stages; absent where that has no meaning.
   *
   * @throws UserError when it does not apply
   */
  readonly revert?: (culprit: BisectPoint, place: TryPlace) => Promise<CellWork>;
  sureness(conclusion: Conclusion, tries: readonly PointTries[]): Sureness | undefined;
  /** How to see the failure of a point again. */
  reproduce(point: BisectPoint): string | undefined;
  close(): Promise<void>;
}

/** The part of a space that is the same wherever points come one out of another. */
export function searchGraph(
  points: readonly BisectPoint[],
  graph: Graph = chain(points.length),
): Pick<Space, 'next' | 'sureness' | 'goodEnd' | 'badEnd'> {
  const numbers = new Map(points.map(({ key }, number) => [key, number]));
  const at = (number: number): BisectPoint => {
    const point = points[number];
    if (!point) throw new Error(`no point ${number} in a bisection of ${points.length}`);
    return point;
  };
  const numberOf = (point: BisectPoint): number => numbers.get(point.key) ?? -1;
  const last = points.length - 1;
  return {
    goodEnd: at(0),
    badEnd: at(last),
    next(signs) {
      const known = new Map(
        [...signs].flatMap(([key, sign]) => (numbers.has(key) ? [[numbers.get(key) ?? 0, sign]] : [])),
      );
      const step = nextStep(graph, known);
      const conclude = (outcome: BisectOutcome, bad?: number): Conclusion => {
        const good = goodBelow(graph, known, bad ?? last);
        return {
          kind: 'conclusion',
          outcome,
          ...(bad === undefined ? {} : { bad: at(bad) }),
          ...(good === undefined ? {} : { good: at(good) }),
        };
      };
      switch (step.kind) {
        case 'test':
          return { kind: 'question', point: at(step.point), isEnd: step.isEnd, text: describe(step, at(step.point)) };
        case 'unjudged':
          return { kind: 'refusal', end: at(step.point) };
        case 'all-good':
          return { ...conclude({ kind: 'all-good', end: at(last) }), good: at(last) };
        case 'all-bad':
          return { kind: 'conclusion', outcome: { kind: 'all-bad', end: at(0) }, bad: at(0) };
        case 'found':
          return conclude({ kind: 'found', culprits: [at(step.culprit)] }, step.culprit);
        case 'one-of':
          return conclude({ kind: 'one-of', suspects: step.suspects.map(at) }, step.suspects.at(-1));
      }
    },
    sureness({ outcome }, tries) {
      if (outcome.kind !== 'found' && outcome.kind !== 'one-of') return undefined;
      const tried = tries.map(({ point, sign, observations }) => {
        const inside = withAncestors(graph, [numberOf(point)]);
        return { sign, observations, contains: (hypothesis: number) => inside[hypothesis] ?? false };
      });
      const hypotheses = graph.map((_, point) => point).slice(1);
      const verdict = (outcome.kind === 'found' ? outcome.culprits : outcome.suspects).map(numberOf);
      return sureness(tried, hypotheses, verdict);
    },
  };
}

function describe(step: Extract<ReturnType<typeof nextStep>, { kind: 'test' }>, point: BisectPoint): string {
  if (step.isEnd) return `Bisecting: the bad end first, ${point.label}`;
  if (step.point === 0) return `Bisecting: everything judged so far is bad, so now the good end, ${point.label}`;
  const count = (many: number, what: string): string => `${many} ${what}${many === 1 ? '' : 's'}`;
  return `Bisecting: ${count(step.left, 'point')} left to test after this (roughly ${count(step.steps, 'step')}): ${point.label}`;
}

/** The good point that a bad one comes from most directly. */
function goodBelow(graph: Graph, signs: ReadonlyMap<number, Sign>, bad: number): number | undefined {
  const inside = withAncestors(graph, [bad]);
  const good = [...signs].filter(([, sign]) => sign === 'good').map(([point]) => point);
  return good.filter((point) => inside[point]).sort((a, b) => b - a)[0] ?? good.at(-1);
}
