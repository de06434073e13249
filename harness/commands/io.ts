import type { CachePaths } from '../model/index.ts';

import type { Door } from '../report/index.ts';

/** What a command sees of the world outside: `main` makes it, since only `main` owns the process. */
export interface Io {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cpus: number;
  /** Where things are kept between runs: below the named directory, else where the environment says. */
  readonly cache: (directory?: string) => CachePaths;
  /** Results go to stdout, everything about progress to stderr. */
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Prints commands for a CI runner on stdout; everywhere else what looks like one is made harmless. */
  readonly commands: (text: string) => void;
  /** Replaces the line of the terminal on stderr; an empty text clears it. */
  readonly status: (text: string) => void;
  /** Colours for stdout and stderr, where they are wanted; no other control character passes. */
  readonly paintOut: Door['paint'];
  readonly paintErr: Door['paint'];
  readonly errIsTerminal: boolean;
  /** Width of the terminal, for help and for the line that shows what goes on; without one as the environment says, else 80. */
  readonly columns: number;
  /** Width of the terminal on stdout; no end to it where stdout is none. */
  readonly outColumns: number;
  readonly stdin: NodeJS.ReadableStream & { readonly isTTY?: boolean; setRawMode?: (raw: boolean) => unknown };
  readonly stdout: NodeJS.WritableStream;
  /** The words after the program's name, for the record. */
  readonly words: readonly string[];
  readonly signal: AbortSignal;
}
