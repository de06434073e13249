import { defined } from './defined.ts';
import type { Outcome } from './outcome.ts';
import type { Verdict } from './run.ts';

/** A stored run as a history names it. */
export interface RunMark {
  readonly id: string;
  readonly started: string;
  /** Of the whole run. */
  readonly ms: number;
  readonly verdict: Verdict | undefined;
  readonly cells: number;
}

/** What one run says of a case or a patch on a target. */
export interface Mark {
  /** Place in the list of runs. */
  readonly run: number;
  /** The worst of all points at which it was looked at. */
  readonly outcome: Outcome;
  /** Failed and passed on the same image, in this run or in one before it. */
  readonly flaky: boolean;
  /** The longest that it took at a point; absent where everything came from the store. */
  readonly ms?: number;
}

/** A case or a patch on a target, through the runs. */
export interface Track {
  readonly kind: 'case' | 'patch';
  /** `tasks: a pid moves`, or the patch's file name as the newest run has it. */
  readonly name: string;
  readonly target: string;
  /** Ascending by run; runs that did not look at it have none. */
  readonly marks: readonly Mark[];
}

/** What stored runs of one series and tree say together. */
export interface Timeline {
  readonly series: string;
  readonly tree: string;
  /** By their beginning, the oldest first. */
  readonly runs: readonly RunMark[];
  /** Patches in the order of the newest run, then cases by name. */
  readonly tracks: readonly Track[];
}

/** When it passed last and how often it did; what a reader asks of a track first. */
export interface TrackSummary {
  readonly looks: number;
  readonly passes: number;
  readonly flaky: number;
  readonly now: Outcome;
  /** Place of the newest run in which it passed at every point. */
  readonly lastPass?: number;
  /** The middle of what it took, in milliseconds, of the runs that did it anew. */
  readonly ms?: number;
}

/** @param track with a mark at least */
export function summarise({ marks }: Track): TrackSummary {
  const passes = marks.filter(({ outcome }) => outcome === 'pass');
  const times = marks.flatMap(({ ms }) => ms ?? []).sort((a, b) => a - b);
  return {
    looks: marks.length,
    passes: passes.length,
    flaky: marks.filter(({ flaky }) => flaky).length,
    now: marks.at(-1)?.outcome ?? 'not-run',
    ...defined({ lastPass: passes.at(-1)?.run, ms: times[Math.floor(times.length / 2)] }),
  };
}
