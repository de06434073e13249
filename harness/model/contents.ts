import type { SourceLocation } from './errors.ts';

export const guestLibcs = ['klibc', 'glibc', 'none'] as const;

/** A program that is compiled static for the target of each guest, and lies there as `/bin/NAME`. */
export interface GuestProgram {
  readonly name: string;
  /** Absolute paths of C sources. */
  readonly sources: readonly string[];
  readonly flags: readonly string[];
  /**
   * Which C library it gets: Debian's klibc, which every kernel runs, the static glibc of the cross compiler, or none: the
   * system calls of images/nolibc alone.
   */
  readonly libc: (typeof guestLibcs)[number];
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

/** The file of a module, of a build or of a package. */
export interface BuiltModule {
  /** Relative to the build directory or the package: `fs/reel/reel.ko`. */
  readonly place: string;
  /** Absolute path. */
  readonly file: string;
}

/** A module of the kernel that guests have loaded. */
export interface GuestModule {
  readonly name: string;
  /** `NAME=VALUE` each. */
  readonly parameters: readonly string[];
  /** It has no way out, or is not to be taken out at the end. */
  readonly stays?: true;
  readonly location?: SourceLocation;
}

/** A module as a guest loads it: the project's, or one that such a one needs. */
export interface LoadedModule {
  /** As the kernel knows it: with `_`. */
  readonly name: string;
  /** Absolute path in the guest; absent where the kernel came without it, though an earlier one had it. */
  readonly file?: string;
  readonly parameters: readonly string[];
  readonly stays?: true;
}

/** What guests have beside the agent and the small programs that all of them get. */
export interface GuestContents {
  readonly programs: Readonly<Record<string, GuestProgram>>;
  readonly files: readonly PlacedFile[];
  /** In the order in which they are loaded; what they need comes before. */
  readonly modules?: readonly GuestModule[];
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
