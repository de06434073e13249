import type { Code, HostCode, UserCode } from './codes.ts';

/**
 * Whose fault something is. The kernel's faults and a suite's are results and never thrown; the classes below are for
 * the other two, and for an interruption.
 */
export type Blame = 'user' | 'host' | 'kernel' | 'suite';

/** A place in a file that the user wrote; line and column count from 1. */
export interface SourceLocation {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** Prints `file:line:column`, leaving out what is not known. */
export function formatLocation(location: SourceLocation): string {
  return [location.file, location.line, location.line === undefined ? undefined : location.column]
    .filter((part) => part !== undefined)
    .join(':');
}

/** What to do when a disk is full; one sentence wherever that can happen. */
export const freeSpaceHint = 'free some space (quiltboot keeps its cache where QUILTBOOT_CACHE says) and run again';

export interface ErrorDetails<C extends Code = Code> {
  /** The stable name that a CI can match; the general one of the class when absent. */
  readonly code?: C;
  /** What the reader should do next, as a sentence or a command. */
  readonly hint?: string;
  readonly location?: SourceLocation;
  readonly cause?: unknown;
}

abstract class QuiltbootError extends Error {
  abstract readonly blame: 'user' | 'host';
  abstract readonly exitCode: number;
  abstract readonly code: Code;
  readonly hint: string | undefined;
  readonly location: SourceLocation | undefined;

  constructor(message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = new.target.name;
    this.hint = details.hint;
    this.location = details.location;
  }
}

/** The user can fix it: a bad manifest, an unknown name, a missing file. Exit code 2. */
export class UserError extends QuiltbootError {
  override readonly blame = 'user';
  override readonly exitCode = 2;
  override readonly code: UserCode;

  constructor(message: string, details: ErrorDetails<UserCode> = {}) {
    super(message, details);
    this.code = details.code ?? 'QB-USER';
  }
}

/** The machine is to blame: no compiler, QEMU killed, disk full, download failed. Never a result of a patch. Exit code 69. */
export class HostError extends QuiltbootError {
  override readonly blame = 'host';
  override readonly exitCode = 69;
  override readonly code: HostCode;
  /** Whether the same call may succeed when it is simply made again. */
  readonly retryable: boolean;

  constructor(message: string, details: ErrorDetails<HostCode> & { readonly retryable?: boolean } = {}) {
    super(message, details);
    this.code = details.code ?? 'QB-HOST';
    this.retryable = details.retryable ?? false;
  }
}

/** The user (or a caller's AbortSignal) asked to stop. Exit code 130. */
export class InterruptedError extends Error {
  readonly exitCode = 130;

  constructor(message = 'interrupted') {
    super(message);
    this.name = 'InterruptedError';
  }
}

export function isQuiltbootError(error: unknown): error is UserError | HostError {
  return error instanceof QuiltbootError;
}

/** The text a user sees: `place: what failed [CODE]`, then what to do next on a line of its own. */
export function describeError(error: unknown): string {
  if (isQuiltbootError(error)) {
    const place = error.location ? `${formatLocation(error.location)}: ` : '';
    return `${place}${error.message} [${error.code}]${error.hint === undefined ? '' : `\n  ${error.hint.replaceAll('\n', '\n  ')}`}`;
  }
  return error instanceof Error ? error.message : String(error);
}
