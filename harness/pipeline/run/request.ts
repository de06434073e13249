import { compilerTool } from '../../make/index.ts';
import type {
  AcceptedLines,
  Column,
  PreparedTree,
  Project,
  Reruns,
  Run,
  RunCoverage,
  Shard,
  StageName,
} from '../../model/index.ts';
import type { Invocation } from './reproduce.ts';
import type { Selection } from './select.ts';

/** Stages that a run can end with. */
export type LastStage = Extract<StageName, 'apply' | 'configure' | 'build' | 'boot' | 'test'>;

export interface RunRequest {
  readonly project: Project;
  readonly selection: Selection;
  /** The tree, where it is there already: nothing of its recipe is looked at then. */
  readonly tree?: PreparedTree;
  readonly points: string;
  /** Run no stage after this one. */
  readonly until: LastStage;
  /** Globs or names of suites instead of the series' own. */
  readonly suites?: readonly string[];
  /** Only cases whose names contain this. */
  readonly case?: string;
  /** Shuffles the cases. */
  readonly seed?: number;
  /** Go on with later points after one has failed. */
  readonly keepGoing: boolean;
  /** Leave out targets that this machine has no compiler for; else their cells are not run, and the machine is to blame. */
  readonly skipMissing?: boolean;
  /** Only this part of the matrix. */
  readonly shard?: Shard;
  /** How cases that fail are run again; not at all when absent. */
  readonly reruns?: Reruns;
  /** How often a case that passes is repeated in its guest to find leaks; not at all when absent. */
  readonly leaks?: number;
  /** How many allocations of a case that passes fail at most, one by one; none when absent. */
  readonly faults?: number;
  /** Measure which new lines the cases execute; below `failUnder` percent of them a target fails. Not at all when absent. */
  readonly coverage?: { readonly failUnder?: number };
  /** An earlier run to compare with: its directory or `run.json`; absolute. */
  readonly against?: string;
  /** Directory that run directories are made in. */
  readonly out: string;
  readonly command: string;
  readonly invocation: Invocation;
}

/** How the kernels of a run are made to count, and what is measured with that. */
export interface CoverageSetup extends RunCoverage {
  /** Sources that the series changes, up to the last point of the run, whose objects may count. */
  readonly sources: readonly string[];
  /** New lines that need not be executed, on some target or on all. */
  readonly accepted: readonly AcceptedLines[];
}

/** What a stored run says of its columns. */
export function machinesOf(columns: readonly Column[]): NonNullable<Run['machines']> {
  return Object.fromEntries(
    columns.map(({ name, target, toolchain }) => {
      const { endian, bits } = target;
      const several = name === target.name ? {} : { target: target.name, toolchain: toolchain.name };
      return [name, { endian, bits, ...several, compiler: compilerTool(target, toolchain).command }];
    }),
  );
}
