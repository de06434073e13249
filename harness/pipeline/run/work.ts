import path from 'node:path';
import type {
  ApplyResult,
  BootResult,
  BuildResult,
  Cause,
  CellCoverage,
  Compiled,
  ConfigureResult,
  Context,
  ImageResult,
  KnownIssue,
  KselftestPlan,
  KunitPlan,
  LoadedModule,
  OptionChange,
  Series,
  Source,
  SymbolChanges,
  Target,
  TestResult,
  Toolchain,
} from '../../model/index.ts';
import type { FeatureState } from '../../model/suite.ts';
import type { Bootable } from '../guest/stored-boot.ts';
import type { Worktree } from '../series/worktree.ts';
import type { CellFault } from './faults.ts';
import type { CoverageSetup, RunRequest } from './request.ts';

/** What the stages of a cell need around them. */
export interface CellState {
  readonly request: Pick<RunRequest, 'selection' | 'until' | 'case' | 'seed' | 'reruns' | 'leaks' | 'faults'>;
  /** How kernels are made to count what is executed; they do not when absent. */
  readonly coverage?: CoverageSetup;
  readonly context: Context;
  readonly series: Series;
  readonly worktree: Pick<Worktree, 'points' | 'sources'>;
  /** Where logs are kept. */
  readonly directory: { readonly path: string };
  /** Absolute paths of suite files. */
  readonly suites: readonly string[];
  /** Failures that the project knows and that hold now. */
  readonly issues?: readonly KnownIssue[];
  /** Features that the kernel has, where the point does not say it. */
  readonly features?: Readonly<Record<string, FeatureState>>;
  /** Milliseconds that the slowest boot of a target took which passed, by the target's name; of this run's cells so far. */
  readonly boots: Map<string, number>;
}

/** A cell on its way through the stages. */
export interface CellWork {
  readonly point: number;
  /** Name of its column, which stands for its target in results. */
  readonly column: string;
  readonly target: Target;
  /** What it is built with; absent where it is not built here. */
  readonly toolchain?: Toolchain;
  readonly source: Source | undefined;
  readonly apply: ApplyResult;
  readonly configure?: ConfigureResult;
  readonly build?: BuildResult;
  /** Which files of the patch are in it. */
  readonly compiled?: Compiled;
  /** Why the kernel does not count what is executed, where it was to. */
  readonly uncountable?: string;
  readonly coverage?: CellCoverage;
  /** The kernel of a cell that was not built here. */
  readonly kernel?: Pick<Bootable, 'kernel' | 'imageHash' | 'symbolsHash'>;
  /** What the kernel does for each suite that KUnit runs, by its word; absent where there is none. */
  readonly kunit?: Readonly<Record<string, KunitPlan>>;
  /** The programs of each suite of kselftest, by its word; absent where there is none. */
  readonly kselftest?: Readonly<Record<string, KselftestPlan>>;
  readonly image?: ImageResult;
  /** What its guests load when they are up; none when absent. */
  readonly modules?: readonly LoadedModule[];
  readonly boot?: BootResult;
  readonly test?: TestResult;
  /** What the build is compared with. */
  readonly previous?: {
    readonly point: number;
    readonly build: BuildResult;
    readonly config: readonly OptionChange[];
    readonly symbols?: SymbolChanges;
  };
  /** How the base ends where it was built beside a failed build, to tell whether a patch is to blame. */
  readonly baseBuild?: 'pass' | 'fail';
  readonly fault?: CellFault;
  readonly notRun?: string;
  readonly logs: Readonly<Record<string, string>>;
}

export interface Previous {
  readonly point: number;
  readonly configure: ConfigureResult;
  readonly build: BuildResult;
}

/** The result with its cause pointing to the copy of the log that the run keeps. */
export function withLog<T extends { readonly cause?: Cause }>(result: T, log: string | undefined): T {
  if (result.cause === undefined || log === undefined) return result;
  return { ...result, cause: { ...result.cause, log } };
}

/** A cell's directory inside the run directory. */
export function cellDirectory({ point, column }: Pick<CellWork, 'point' | 'column'>): string {
  return path.join('cells', `${point}-${column.replaceAll('/', '-')}`);
}
