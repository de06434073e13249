/** A remark with the name of its source; without a place where it is about the series as a whole. */
export interface PlacedRemark {
  readonly source?: string;
  readonly line?: number;
  readonly text: string;
}

/** How many remarks of a kind a terminal shows; all of them stand in a file where there are more. */
export const shownRemarks = 20;

/** A patch of the queue that was written. */
export interface WrittenPatch {
  readonly file: string;
  readonly title: string;
  /** Number in the series, where it has one. */
  readonly index?: number;
  /** A patch that is not whole stands in the series as a comment. */
  readonly whole: boolean;
}

export interface ImportResult {
  readonly name: string;
  readonly base: string | undefined;
  readonly title: string;
  readonly version: number;
  /** Absolute; undefined when nothing was written. */
  readonly queue: string | undefined;
  readonly patches: readonly WrittenPatch[];
  readonly repairs: readonly PlacedRemark[];
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
  /** Absolute: holds all remarks, where they are too many to be shown. */
  readonly remarksFile?: string;
}

/** A tree that a series may have been made on. */
export interface BaseCandidate {
  /** A tag, a commit, or a tree of the project. */
  readonly name: string;
  /** How many of the files that index lines tell of are the same. */
  readonly matches: number;
  /** How many patches apply, one after the other. */
  readonly applies: number;
}

/** What was found out about the base of a series. */
export interface BaseReport {
  /** The best one first. */
  readonly candidates: readonly BaseCandidate[];
  /** Files that index lines tell of. */
  readonly blobs: number;
  readonly patches: number;
  /** As the series names it, and whether it is in the repository. */
  readonly baseCommit?: string;
  readonly baseIsHere: boolean;
}
