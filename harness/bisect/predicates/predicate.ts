import { type BuildResult, type Observation, UserError } from '../../model/index.ts';
import type { Evidence, Fault, Surroundings } from '../evidence.ts';

/** What has to be at hand before a predicate can be decided. */
export interface Needs {
  /** Suites run, the series' own where none are named. */
  readonly suites?: true;
  /** Only cases whose names contain this. */
  readonly case?: string;
  /** The lines of the kernel log. */
  readonly log?: true;
  /** What the good end's build warns of, which then does not count. */
  readonly goodEnd?: true;
}

/** One way to tell a bad point: a file of this folder, and its line in index.ts. */
export interface PredicateKind {
  /** As commander reads it: `--case <text>`. The name of the option is the name of the predicate. */
  readonly flag: string;
  /** For `--help` and for whoever names no predicate: `bad if …`. */
  readonly help: string;
  /** The argument as it is kept; undefined for none. Throws UserError for one that can't be used. */
  readonly parse?: (argument: string) => string;
  /** As a reader would say it: `bad: …`. */
  readonly describe: (argument: string | undefined) => string;
  /** The last stage that has to run; `withSuites` when suites were named. */
  readonly lastStage: (withSuites: boolean) => 'build' | 'boot' | 'test';
  readonly needs?: (argument: string | undefined) => Needs;
  /** Decides it for a kernel that was built; one that can't be told is a `skip`. */
  readonly observe: (
    argument: string | undefined,
    evidence: Evidence & { readonly build: BuildResult },
    around: Surroundings,
  ) => Observation | Fault;
  /** For a point that could not be configured or built; without it such a point can't be judged. */
  readonly unbuilt?: (evidence: Evidence) => Observation;
}

/** Reads a regular expression of the command line. */
export function checkedPattern(option: string, pattern: string): string {
  try {
    new RegExp(pattern);
    return pattern;
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^Invalid regular expression: /, '') : String(error);
    throw new UserError(`${option} ${pattern}: not a regular expression: ${why}`, {
      hint: 'a plain text needs a backslash in front of each of ( ) [ ] { } . * + ? ^ $ | \\',
    });
  }
}
