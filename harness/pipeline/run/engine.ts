import type {
  Cell,
  ChainPart,
  Context,
  KnownIssue,
  PreparedTree,
  Run,
  RunCoverage,
  Series,
} from '../../model/index.ts';
import type { RunFacts } from '../../results/index.ts';
import type { RunRequest } from './request.ts';

/** The last kernel that a chain built; vmlinux, System.map and config stand beside the image. */
export interface BuiltKernel {
  readonly point: number;
  readonly target: string;
  /** Absolute path in the store. */
  readonly image: string;
}

/** A cell as it ended, and how its kernel was built; its logs lie in the run's directory. */
export interface CellEnd {
  readonly cell: Cell;
  /** Absent where nothing was built. */
  readonly sandbox?: Run['sandbox'];
}

/** What became of a chain. */
export interface ChainEnd {
  readonly chain: ChainPart;
  /** Those of its cells that came to an end. */
  readonly cells: readonly CellEnd[];
  /** Why others are missing: the fault of a machine. */
  readonly fault?: string;
  /** Absent where none was built on this machine. */
  readonly kernel?: BuiltKernel;
}

/**
 * What runs chains: this machine, or others. The pipeline does not know which one it has.
 *
 * A chain that a machine could not run ends with a fault; a UserError, which no machine can help, is thrown, and so is an
 * InterruptedError when the signal asks to stop.
 */
interface Engine {
  run(chains: readonly ChainPart[], signal: AbortSignal): AsyncIterable<ChainEnd>;
}

/** What is known before anything is fetched. */
interface EarlySetup {
  readonly request: RunRequest;
  readonly context: Context;
  readonly series: Series;
  /** Absolute paths of suite files, and words for other suites. */
  readonly suites: readonly string[];
}

/** Everything that chains of one run share. */
export interface EngineSetup extends EarlySetup {
  /** All points of the run, ascending: what comes before a chain decides what is new in it. */
  readonly points: readonly number[];
  readonly tree: PreparedTree;
  readonly facts: RunFacts;
  /** Known failures that hold now. */
  readonly issues: readonly KnownIssue[];
}

/** Where the cells of a run go. */
export interface EngineRoom {
  /** Absolute path of the run's directory. */
  readonly directory: string;
  /** Told about each cell as soon as it ends. */
  readonly onCell: (end: CellEnd) => Promise<void>;
}

/** An engine that is ready for a run. */
interface OpenEngine {
  /** What coverage is measured of; absent where it is not. */
  readonly coverage?: RunCoverage;
  start(room: EngineRoom): Engine;
  close(): Promise<void>;
}

/** One way to run chains. */
export interface EngineKind {
  /** Refuses what this engine cannot run, before anything is fetched. @throws UserError, HostError */
  check(setup: EarlySetup): Promise<void>;
  /** Refuses what only the tree tells, before there is a directory for results. @throws UserError, HostError */
  open(setup: EngineSetup): Promise<OpenEngine>;
}
