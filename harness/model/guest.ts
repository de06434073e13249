import type { Splat } from './cause.ts';
import type { BootTarget } from './target.ts';

/** A system call that failed inside the guest. `errno` is the symbolic name (`EBUSY`), `code` its number there. */
export class GuestErrno extends Error {
  readonly errno: string;
  readonly code: number;
  /** The call as a reader would write it: `rmdir("/dev/container/a")`. */
  readonly call: string;

  constructor(call: string, errno: string, code: number) {
    super(`${call}: ${errno}`);
    this.name = 'GuestErrno';
    this.call = call;
    this.errno = errno;
    this.code = code;
  }
}

/** A process of the guest ended while it had a call to make, or before it got one. */
export class GuestProcessEnded extends Error {
  readonly pid: number;
  /** Exit status, or null when a signal ended it. */
  readonly status: number | null;
  readonly signal: number | null;

  constructor(pid: number, end: { readonly status: number | null; readonly signal: number | null }, call: string) {
    super(
      `${call}: process ${pid} ${end.signal === null ? `ended with status ${end.status ?? '?'}` : `was ended by signal ${end.signal}`}`,
    );
    this.name = 'GuestProcessEnded';
    this.pid = pid;
    this.status = end.status;
    this.signal = end.signal;
  }
}

/**
 * The agent, not the kernel, did not do what was asked. `suite`: the suite asked for what cannot be, for instance of a
 * process that has ended. `host`: this program and its agent misunderstood each other.
 */
export class GuestRefusal extends Error {
  readonly blame: 'suite' | 'host';

  constructor(call: string, reason: string, blame: GuestRefusal['blame']) {
    super(`${call}: ${reason}`);
    this.name = 'GuestRefusal';
    this.blame = blame;
  }
}

/**
 * The guest is no longer there to answer: it crashed, hung, rebooted, or QEMU ended. `ending` says which; `host` means
 * that the machine, not the kernel, is to blame.
 */
export class GuestGone extends Error {
  readonly ending: 'crash' | 'hang' | 'reboot' | 'exit' | 'host';

  constructor(ending: GuestGone['ending'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'GuestGone';
    this.ending = ending;
  }
}

export interface CommandSpec {
  readonly argv: readonly [string, ...string[]];
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly uid?: number;
  readonly gid?: number;
  /** Milliseconds on the host; the command is killed in the guest then. */
  readonly timeoutMs?: number;
  /** Hears what it prints as it comes, also of a command whose guest does not survive it. */
  readonly onOutput?: (chunk: Uint8Array, from: 'stdout' | 'stderr') => void;
}

export interface CommandOutcome {
  /** Exit status, or null when a signal ended it. */
  readonly status: number | null;
  readonly signal: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

export interface FileStat {
  readonly type: 'file' | 'directory' | 'link' | 'character' | 'block' | 'fifo' | 'socket';
  /** Permission bits, for instance 0o644. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly inode: number;
  readonly links: number;
}

export interface MountRequest {
  readonly type: string;
  readonly target: string;
  readonly source?: string;
  /** The file system's own options, comma-separated. */
  readonly options?: string;
  readonly flags?: readonly ('remount' | 'readonly' | 'nosuid' | 'nodev' | 'noexec' | 'bind')[];
}

/**
 * A process in the guest that makes system calls on the suite's behalf. Each call is made by this very process, so its
 * memberships, credentials and pid are those that the kernel sees. A failed call rejects with {@link GuestErrno}, one
 * that the kernel never saw with {@link GuestRefusal}.
 */
export interface GuestProcess {
  readonly pid: number;
  /** open(2), read(2) until the end, close(2). */
  read(path: string): Promise<string>;
  readBytes(path: string): Promise<Uint8Array>;
  /** open(2) for writing (no O_CREAT unless asked), exactly one write(2), close(2). */
  write(
    path: string,
    data: string | Uint8Array,
    options?: { readonly create?: boolean; readonly append?: boolean },
  ): Promise<void>;
  open(path: string, mode: 'r' | 'w' | 'rw', options?: { readonly create?: boolean }): Promise<GuestFile>;
  mkdir(path: string, mode?: number): Promise<void>;
  rmdir(path: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  chdir(path: string): Promise<void>;
  chmod(path: string, mode: number): Promise<void>;
  chown(path: string, uid: number, gid: number): Promise<void>;
  mount(request: MountRequest): Promise<void>;
  umount(path: string, options?: { readonly detach?: boolean }): Promise<void>;
  /** Names without `.` and `..`, in the kernel's order. */
  readdir(path: string): Promise<string[]>;
  stat(path: string): Promise<FileStat>;
  exists(path: string): Promise<boolean>;
  /** setgid(2) then setuid(2) of this process. */
  setIds(ids: { readonly uid?: number; readonly gid?: number }): Promise<void>;
  /** setresuid(2) and friends. -1 keeps a value. */
  setresuid(real: number, effective: number, saved: number): Promise<void>;
  unshare(namespaces: readonly ('uts' | 'ipc' | 'mount' | 'pid' | 'net' | 'user' | 'cgroup')[]): Promise<void>;
  sched_setaffinity(pid: number, cpus: readonly number[]): Promise<void>;
  sched_getaffinity(pid: number): Promise<number[]>;
  kill(pid: number, signal: number): Promise<void>;
  /** fork(2): a child that waits for calls to make. */
  fork(): Promise<GuestTask>;
  /** One more thread of this process that sleeps for ever; resolves with its thread id. */
  thread(): Promise<number>;
}

/** A child that was forked for the suite. It sleeps while it has nothing to do. */
export interface GuestTask extends GuestProcess {
  /** Burns CPU time for a while (milliseconds of guest time) and answers when it is done. */
  spin(ms: number): Promise<void>;
  /** Burns CPU time until it is killed; answers as soon as it has begun. */
  spinForever(): Promise<void>;
  /** exit(2) with a status, reaped: resolves when the process is gone. */
  exit(status?: number): Promise<void>;
  /** Kills it with SIGKILL and reaps it. */
  end(): Promise<void>;
  /** Waits for the end of the process: exit status or signal. */
  wait(): Promise<{ readonly status: number | null; readonly signal: number | null }>;
}

export interface GuestFile {
  readonly fd: number;
  /** One read(2) of at most `length` bytes (16,384 when not given); empty at the end of the file. */
  read(length?: number): Promise<string>;
  /** One write(2); resolves with the number of bytes taken. */
  write(data: string | Uint8Array): Promise<number>;
  seek(offset: number): Promise<void>;
  close(): Promise<void>;
}

/** What the agent says when it is told to let an allocation fail. */
export interface FaultsReply {
  /** Error number of what it could not do; 0 where the allocation will fail. */
  readonly error: number;
  /** What the error is about: 1 fail-nth, 2 debugfs, 3 failslab, 4 fail_page_alloc. */
  readonly subject: number;
}

/** Lets one allocation fail of all that calls ask for which are made on suites' behalf. */
export interface GuestFaults {
  /** The nth of them from here on, from 1, whichever process makes the call; `traced`: the log is to say who asked for it. */
  start(nth: number, traced: boolean): Promise<FaultsReply>;
  /**
   * Ends it, and tells whether it has failed. `lost`: a process ended while its allocations were counted; `unarmed`: those of
   * some process were not, for it does not see its /proc.
   */
  end(): Promise<{ readonly failed: boolean; readonly lost: boolean; readonly unarmed: boolean }>;
}

/** A booted machine whose agent answers. Calls made on it directly are made by the agent, a root process. */
export interface Guest extends GuestProcess {
  readonly target: BootTarget;
  /** Runs a program of the guest. It may end with any status; only a guest that is gone rejects. */
  run(command: CommandSpec | readonly [string, ...string[]]): Promise<CommandOutcome>;
  /** Runs a script with the guest's /bin/sh and resolves with its stdout; rejects when the status is not 0. */
  sh(script: string): Promise<string>;
  /** What the kernel log said so far, as lines without wrapping, from a line on; the newest 4 MiB are there. */
  log(from?: number): readonly string[];
  /** Whole lines of the log so far, also those that are no longer there. */
  logLength(): number;
  /** Why it is gone; undefined while it is there, and when it was closed before anything happened to it. */
  ended(): GuestGone | undefined;
  /** Reports that the recogniser found so far. */
  splats(): readonly Splat[];
  /** Waits until a log line matches. */
  waitForLog(pattern: RegExp, timeoutMs?: number): Promise<string>;
  /** Polls until the condition holds; rejects after the time-out (10 s unless given). */
  until(what: string, condition: () => Promise<boolean>, timeoutMs?: number): Promise<void>;
  /**
   * Finds out where a guest sits that does not answer, and gives it up: what waits for it is rejected with the reason,
   * whose first lines say where. `what` is what it did not do.
   */
  readonly examine?: (what: string) => Promise<GuestGone>;
  /** For --faults; absent in guests that cannot do it. */
  readonly faults?: GuestFaults;
  /** Ends QEMU and everything that belongs to it. Safe to call twice. */
  close(): Promise<void>;
}
