import type {
  ApplyResult,
  BootResult,
  BuildResult,
  Cause,
  ConfigureResult,
  Diagnostic,
  Observation,
  TestResult,
} from '../model/index.ts';

/** How far a point came, as the stages left it. */
export interface Evidence {
  readonly apply: ApplyResult;
  readonly configure?: ConfigureResult;
  readonly build?: BuildResult;
  readonly boot?: BootResult;
  readonly test?: TestResult;
  /** A fault of the machine that ended it. */
  readonly fault?: { readonly cause: Cause; readonly retryable: boolean };
}

/** What the predicate needs beside the stages' results. */
export interface Surroundings {
  /** Lines of the kernel log, where the predicate asks for them. */
  readonly log: readonly string[];
  readonly logFile?: string;
  /** Warnings that are not to be counted: those of the good end. */
  readonly newWarnings: readonly Diagnostic[];
}

/** The machine failed the point: it is neither good nor bad, and another try may help when `retryable`. */
export interface Fault {
  readonly sign: 'host';
  readonly cause: Cause;
  readonly retryable: boolean;
}

export const excerptLines = 30;

/** The cause of a failure as an observation tells it; `otherwise` where there is none. */
export function from(cause: Cause | undefined, otherwise: string): Pick<Observation, 'summary' | 'excerpt' | 'log'> {
  if (!cause) return { summary: otherwise, excerpt: [] };
  const log = cause.log === undefined ? {} : { log: cause.log };
  return { summary: cause.summary, excerpt: cause.excerpt.slice(0, excerptLines), ...log };
}

export function failed(cause: Cause | undefined, otherwise: string, settled: boolean): Observation {
  return { sign: 'bad', ...from(cause, otherwise), settled };
}

export function skipped(cause: Cause | undefined, otherwise: string, settled: boolean): Observation {
  return { sign: 'skip', ...from(cause, otherwise), settled };
}
