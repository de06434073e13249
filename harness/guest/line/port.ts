import type { BootTarget } from '../../model/index.ts';

/** Names a process to the agent. 0 is the one that makes the guest's own calls. */
export type Handle = number;

/** How a process ended. `error` is the errno for which a command could not be started, or 0. */
export interface PortEnding {
  readonly status: number | null;
  readonly signal: number | null;
  readonly error: number;
}

/** A new process. */
export interface Born {
  readonly handle: Handle;
  readonly pid: number;
  /** Resolves when it has ended and was reaped. */
  readonly ended: Promise<PortEnding>;
}

export interface RunningCommand extends Born {
  /** Sends input and resolves when the command has taken it; no bytes mean the end of the input. */
  write(data: Uint8Array): Promise<void>;
  /** Sends a signal to its process group. */
  kill(signal: number): void;
}

export interface CommandListeners {
  readonly onStdout: (chunk: Uint8Array) => void;
  readonly onStderr: (chunk: Uint8Array) => void;
}

/**
 * A request was not served. `kernel`: a call that the agent made for it failed (fork, clone). `agent`: it refused by
 * itself, with an error number of its own choice (no such process, too many of them).
 */
export class AgentRefusal extends Error {
  readonly code: number;
  readonly origin: 'agent' | 'kernel';

  constructor(code: number, origin: 'agent' | 'kernel' = 'agent') {
    super(`the agent refused: error ${code}`);
    this.name = 'AgentRefusal';
    this.code = code;
    this.origin = origin;
  }
}

/** The process ended before it could answer. */
export class AgentProcessEnded extends Error {
  readonly end: PortEnding;

  constructor(end: PortEnding) {
    super('the process ended');
    this.name = 'AgentProcessEnded';
    this.end = end;
  }
}

/** What the agent can be asked. Everything rejects when the guest is gone. */
export interface AgentPort {
  readonly target: Pick<BootTarget, 'bits' | 'endian' | 'systemCalls' | 'stat' | 'openDirectory'>;
  /**
   * One request to a process, one reply: `c` calls, `t` thread, `s` spin, `S` spin for ever, `n` let the
   * nth allocation fail, `N` ask whether it has. `what` tells a reader what
   * was asked when the guest never answers; `extraMs` is added to the deadline.
   */
  ask(
    op: 'c' | 't' | 's' | 'S' | 'n' | 'N',
    handle: Handle,
    data: Uint8Array,
    what: string,
    extraMs?: number,
  ): Promise<Uint8Array>;
  /** Asks a process to fork another one that waits for requests. */
  fork(handle: Handle): Promise<Born>;
  /** Asks a process to fork and become a program. */
  start(handle: Handle, request: Uint8Array, listeners: CommandListeners): Promise<RunningCommand>;
  /** Tells a process to exit; nothing is answered, but its end is told. */
  exit(handle: Handle, status: number): Promise<void>;
  /** The agent itself sends the signal, whatever the process is doing. */
  kill(handle: Handle, signal: number): void;
  /** Resolves when the process that makes the guest's own calls has ended; there is a new one then. */
  firstEnded(): Promise<PortEnding>;
  /** An answer makes no sense: gives the guest up, and returns the error to throw. */
  broken(what: string): Error;
  /** Within the call deadline, rejects as a hang otherwise. */
  within<T>(promise: Promise<T>, what: string, extraMs?: number): Promise<T>;
}
