import type { SourceLocation } from './errors.ts';

/** A program that is compiled static for the target of each guest, and lies there as `/bin/NAME`. */
export interface GuestProgram {
  readonly name: string;
  /** Absolute paths of C sources. */
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /** Which C library it gets: Debian's klibc, which every kernel runs, or the static glibc of the cross compiler. */
  readonly libc: 'klibc' | 'glibc';
  readonly location?: SourceLocation;
}

/** A file of the user's, or a directory with all that is in it, and where it lies in guests. */
export interface PlacedFile {
  /** Absolute path on this machine. */
  readonly from: string;
  /** Path in the guest, without the leading slash. */
  readonly to: string;
  readonly location?: SourceLocation;
}

/** What guests have beside the agent and the small programs that all of them get. */
export interface GuestContents {
  readonly programs: Readonly<Record<string, GuestProgram>>;
  readonly files: readonly PlacedFile[];
}

/** What says whether a program that is a suite passes: its exit status, or the tests that it prints. */
export const passRules = ['exit status', 'tap', 'ktap'] as const;
export type PassRule = (typeof passRules)[number];

/** A program of the guest that is a suite. */
export interface ProgramSuite {
  readonly name: string;
  readonly argv: readonly [string, ...string[]];
  readonly pass: PassRule;
  /** Milliseconds on a machine of usual speed. */
  readonly timeoutMs: number;
  /** The file of the project that is run, where it is one. */
  readonly script?: PlacedFile;
  readonly location?: SourceLocation;
}
