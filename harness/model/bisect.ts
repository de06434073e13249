import type { StageName } from './outcome.ts';

/**
 * What counts as bad in a bisection: the name of a predicate of harness/bisect/predicates, and its argument. A point at
 * which it can't be told is skipped.
 */
export interface Predicate {
  readonly kind: string;
  readonly text?: string;
}

/** What a point is held to be. `skip`: it can't be judged. */
export type Sign = 'good' | 'bad' | 'skip';

/** What one try at a point showed. */
export interface Observation {
  readonly sign: Sign;
  /** One sentence: why. */
  readonly summary: string;
  /** The lines that show it, ready to print. */
  readonly excerpt: readonly string[];
  /** A log to read on, relative to the directory of the bisection. */
  readonly log?: string;
  /** Another try would show the same: nothing in it depends on a guest. */
  readonly settled: boolean;
  /** The title of the kernel's own report, where it failed with one. */
  readonly title?: string;
  /** sha256 of the kernel's image, where there is one. */
  readonly image?: string;
  /** What is looked for is not there yet, for instance a case of a later patch: so it can't fail. */
  readonly absent?: true;
  /** Milliseconds of each stage that ran, also where it took its result from the store. */
  readonly took?: Readonly<Partial<Record<StageName, number>>>;
}

/** A place that a bisection can look at: a point of a series, a commit of a range, or a set of options. */
export interface BisectPoint {
  /** Names the point in the stored state; the same for as long as the bisection is the same. */
  readonly key: string;
  /** What a person calls it: `point 3 (foo.patch)`, `1a2b3c4 mm: do this`, `CONFIG_FOO=y`. */
  readonly label: string;
  /** Where it is a commit that git can name. */
  readonly commit?: string;
  readonly subject?: string;
}

/** Every try at a point. */
export interface PointTries {
  readonly point: BisectPoint;
  readonly sign: Sign;
  readonly observations: readonly Observation[];
}

export type BisectOutcome =
  /** All of `culprits` together make the difference; it is one but where options are bisected. */
  | { readonly kind: 'found'; readonly culprits: readonly BisectPoint[] }
  /** It is one of these; the others between them and the good end can't be judged. */
  | { readonly kind: 'one-of'; readonly suspects: readonly BisectPoint[] }
  /** The bad end passes: there is nothing to search for. */
  | { readonly kind: 'all-good'; readonly end: BisectPoint }
  /** The good end is bad: whatever is to blame came before. */
  | { readonly kind: 'all-bad'; readonly end: BisectPoint };

/** How often the failure shows where it is, and how likely the verdict is right because of that. */
export interface Sureness {
  /** Tries at bad points, and how many of them showed the failure. */
  readonly tries: number;
  readonly failures: number;
  /** Probability that a try at a bad point fails, estimated from those. */
  readonly rate: number;
  /** Probability that the verdict is right. */
  readonly probability: number;
}

/** Something that a culprit has to stand before it is named. */
export interface Doubt {
  /** `image`: whether it changes the kernel; `end`: whether the good end is good; `revert`: whether the rest is good without it. */
  readonly kind: 'image' | 'end' | 'revert';
  readonly verdict: 'holds' | 'against' | 'unknown';
  /** One sentence. */
  readonly text: string;
}

/** What a bisection came to; `bisect.json` in its directory. */
export interface BisectResult {
  readonly format: 1;
  /** What was bisected, in a few words: `container on linux-6.1, x86_64: points 0 to 10`. */
  readonly title: string;
  readonly predicate: string;
  readonly outcome: BisectOutcome;
  /** A try that failed, at the culprit or the end that is bad; absent where none did. */
  readonly bad?: PointTries;
  /** What the last good point showed. */
  readonly good?: PointTries;
  /** Present when the first point that is good again was looked for. */
  readonly fixed?: true;
  /** What was held against the culprit; absent where it was not doubted. One `against` makes it improbable. */
  readonly doubts?: readonly Doubt[];
  /** Absent where each point was tried once. */
  readonly sureness?: Sureness;
  /** Everything that was looked at, in that order. */
  readonly path: readonly PointTries[];
  /** Points left out because the machine failed them; they are tried again when the bisection goes on. */
  readonly hostFaults: readonly { readonly point: BisectPoint; readonly summary: string }[];
  /** For `git bisect replay`; absent where points are no commits. */
  readonly gitLog?: string;
  /** The repository in which those commits are. */
  readonly repository?: string;
  /** A command that shows the culprit's failure again. */
  readonly reproduce?: string;
  readonly directory: string;
}
