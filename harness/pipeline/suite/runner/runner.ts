import type { CommandResult } from '../../../host/process.ts';
import type { CaseResult } from '../../../model/index.ts';
import type { DeclaredCase, SuiteContext } from '../../../model/suite.ts';

/** What one suite process left behind, however it ended. */
export interface ProcessRun {
  readonly results: readonly CaseResult[];
  /** The cases that were declared, by their keys. */
  readonly declared: ReadonlyMap<string, DeclaredCase>;
  /** Set where only a run tells which cases there are. */
  readonly open?: true;
  /** Whether every suite file was loaded. */
  readonly loaded: boolean;
  /** The suite whose loading began last. */
  readonly loading: string | undefined;
  /** Cases that had begun and have no result. */
  readonly unfinished: readonly { readonly suite: string; readonly name: string }[];
  /** Set when it did not end by itself. */
  readonly silent: boolean;
  readonly command: CommandResult;
}

/** What is heard of a run while it works. */
export interface Listeners {
  readonly onResult: (result: CaseResult) => void;
  readonly onNote: (text: string) => void;
}

/** A way to run suites: one kind of files with cases for a booted kernel. See runner/index.ts. */
export interface Runner {
  readonly name: string;
  /** Absolute paths of the suite files that a word means: a file, a directory or a glob; none when there are none. */
  readonly list: (word: string) => Promise<readonly string[]>;
  /** Whether a suite file is of this kind. */
  readonly takes: (file: string) => boolean;
  /**
   * Hash of suite files, of the modules of their dialects and of all that both bring along, in hex: equal hashes, equal
   * cases. Throws UserError for a file that is not there.
   */
  readonly hash: (files: readonly string[]) => Promise<string>;
  /**
   * Runs the suites of a context and tells results as they come. Whatever a suite does is a result. Throws HostError
   * when nothing can be started, InterruptedError.
   */
  readonly run: (
    context: Omit<SuiteContext, 'results'>,
    signal: AbortSignal,
    heardOf: Listeners,
  ) => Promise<ProcessRun>;
  /** Loads suites and runs nothing: which cases they declare, and as a failed case each suite that cannot be used. */
  readonly inspect: (suites: SuiteContext['suites'], signal: AbortSignal) => Promise<ProcessRun>;
}
