import type { BisectPoint, Context, Diagnostic, Predicate, Project, Target } from '../../model/index.ts';
import type { Invocation } from '../run/reproduce.ts';
import type { Selection } from '../run/select.ts';
import type { CellState } from '../run/work.ts';
import type { Space } from './space.ts';
import type { BisectState } from './state.ts';

/** What is searched through; the points of the series when neither a range nor options are named. */
interface BisectSubject {
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
  /** Look for the first point that is good again; the first end is bad then. */
  readonly fixed?: true;
  /** Another report of the kernel than that of the bad end counts as well. */
  readonly anyFailure?: true;
  /** Hold against the culprit what can be held against it. */
  readonly doubt: boolean;
  /** Globs or names of suites instead of the series' own. */
  readonly suites?: readonly string[];
  /** Directory that bisections are kept in. */
  readonly out: string;
  readonly invocation: Invocation;
}

/** A bisection on its way. */
export interface Search {
  readonly request: BisectRequest;
  readonly context: Context;
  readonly space: Space;
  readonly state: BisectState;
  readonly directory: string;
  readonly suites: readonly string[];
  /** Warnings that do not count. */
  readonly known: readonly Diagnostic[];
  /** What boots took; see {@link CellState}. */
  readonly boots: CellState['boots'];
  readonly hostFaults: Map<string, { readonly point: BisectPoint; readonly summary: string }>;
}
