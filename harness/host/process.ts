import { execa } from 'execa';
import { defined, HostError, InterruptedError } from '../model/index.ts';
import { createBoundedLog } from './files/bounded-log.ts';

/** The Node that runs this program. */
export const nodeBinary = process.execPath;

/** Time a process group has between SIGTERM and SIGKILL. */
const graceMs = 1500;

/** Bytes of a log that are kept of its beginning and of its end. */
const logBounds = { head: 16 * 1024 * 1024, tail: 4 * 1024 * 1024 };

export interface CommandRequest {
  readonly argv: readonly [string, ...string[]];
  readonly cwd?: string;
  /** Added to the environment that this program was started with. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** stdout and stderr are appended to this file in the order of their arrival, and not kept in memory. Of very much it keeps
   * the beginning and the end. */
  readonly logFile?: string;
  /** Called when the command runs, with its process; whatever it returns is called when it has ended. */
  readonly onStart?: (pid: number) => () => void;
  /** Called for each whole line of stdout and stderr. */
  readonly onLine?: (line: string) => void;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Open files that the command gets as descriptors 3, 4 and so on. */
  readonly descriptors?: readonly number[];
}

export interface CommandResult {
  readonly argv: readonly string[];
  /** Undefined when a signal ended the command. */
  readonly exitCode: number | undefined;
  readonly endedBy: string | undefined;
  /** Empty when a log file was asked for. */
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
  readonly ms: number;
}

/**
 * Sends a signal to a whole process group and does not mind when it is gone.
 */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/**
 * The argument list that makes a child die with this program even when this one is killed with SIGKILL.
 * `setpriv` is part of util-linux and thus on every Debian system.
 */
export function dyingWithParent(argv: readonly string[]): [string, ...string[]] {
  return ['setpriv', '--pdeathsig', 'KILL', '--', ...argv];
}

/**
 * The argument list of a command that makes way for others, guests above all: a starved guest fails in ways that look
 * like a kernel's fault. With the scheduler's autogroups niceness counts only within a session, so the session that
 * {@link runProcess} opens is given one as well (sched(7)).
 */
export function withLowPriority(argv: readonly string[]): [string, ...string[]] {
  const script = '{ echo 10 >/proc/self/autogroup; } 2>/dev/null; exec nice -n 10 "$@"';
  return ['sh', '-c', script, 'sh', ...argv];
}

/** Characters of a line that are handed on: one may have no end. */
const longestLine = 65_536;

function lineSplitter(onLine: (line: string) => void): { push: (text: string) => void; end: () => void } {
  let rest = '';
  return {
    push(text) {
      const lines = (rest + text).split('\n');
      rest = (lines.pop() ?? '').slice(0, longestLine);
      for (const line of lines) onLine(line);
    },
    end() {
      if (rest !== '') onLine(rest);
      rest = '';
    },
  };
}

/**
 * Runs a command in a process group of its own and waits for it.
 *
 * A command that ends with another status than 0 is a result, not an error. Throws {@link HostError} when it can't be
 * started, and {@link InterruptedError} when `signal` asked to stop; the whole group is ended in both cases.
 */
export async function runProcess(request: CommandRequest): Promise<CommandResult> {
  const { argv, signal } = request;
  if (signal?.aborted) throw new InterruptedError();
  const started = performance.now();
  const log =
    request.logFile === undefined ? undefined : await createBoundedLog(request.logFile, { ...logBounds, append: true });
  if (signal?.aborted) {
    await log?.close();
    throw new InterruptedError();
  }
  const wrapped = dyingWithParent(argv);
  // execa takes any open file; its types know the first few numbers.
  const descriptors = (request.descriptors ?? []) as readonly (3 | 4)[];
  const child = execa(wrapped[0], wrapped.slice(1), {
    ...defined({ cwd: request.cwd }),
    env: { ...request.env, LC_ALL: 'C', LANGUAGE: '' },
    detached: true,
    cleanup: false,
    reject: false,
    stripFinalNewline: false,
    buffer: request.logFile === undefined,
    maxBuffer: 100_000_000,
    ...defined({ input: request.input }),
    stdio: [request.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe', ...descriptors],
  });

  for (const stream of [child.stdout, child.stderr]) {
    const splitter = request.onLine === undefined ? undefined : lineSplitter(request.onLine);
    if (log === undefined && splitter === undefined) continue;
    stream.on('data', (chunk: Buffer) => {
      log?.write(chunk);
      splitter?.push(chunk.toString('utf8'));
    });
    stream.on('end', () => splitter?.end());
  }

  const ended = child.pid === undefined ? undefined : request.onStart?.(child.pid);
  let timedOut = false;
  let killTimer: NodeJS.Timeout | undefined;
  const endGroup = (): void => {
    if (child.pid === undefined) return;
    const { pid } = child;
    signalGroup(pid, 'SIGTERM');
    killTimer ??= setTimeout(() => signalGroup(pid, 'SIGKILL'), graceMs);
  };
  const deadline =
    request.timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          endGroup();
        }, request.timeoutMs);
  signal?.addEventListener('abort', endGroup, { once: true });

  try {
    const result = await child;
    // Grandchildren that outlive their leader would go on writing into a directory that others may take next.
    if (child.pid !== undefined) signalGroup(child.pid, 'SIGKILL');
    if (signal?.aborted) throw new InterruptedError();
    if (result.cause instanceof Error && result.exitCode === undefined && result.signal === undefined) {
      throw new HostError(`cannot run ${argv[0]}: ${result.cause.message}`, { code: 'QB-TOOL', cause: result.cause });
    }
    if (log) {
      await log.close();
    }
    // setpriv itself says 127 when there is no such command.
    if (result.exitCode === 127 && typeof result.stderr === 'string' && result.stderr.includes('failed to execute')) {
      throw new HostError(`cannot run ${argv[0]}: command not found`, {
        code: 'QB-TOOL',
        hint: 'run: quiltboot doctor',
      });
    }
    return {
      argv,
      exitCode: result.exitCode,
      endedBy: result.signal,
      stdout: typeof result.stdout === 'string' ? result.stdout : '',
      stderr: typeof result.stderr === 'string' ? result.stderr : '',
      timedOut,
      ms: Math.round(performance.now() - started),
    };
  } finally {
    clearTimeout(deadline);
    clearTimeout(killTimer);
    signal?.removeEventListener('abort', endGroup);
    await log?.close().catch(() => undefined);
    ended?.();
  }
}

/** Like {@link runProcess}, but any status other than 0 is a {@link HostError} that shows the end of what was printed. */
export async function mustRun(request: CommandRequest, what: string): Promise<CommandResult> {
  const result = await runProcess(request);
  if (result.exitCode === 0) return result;
  throw new HostError(`${what} failed: ${describeEnd(result)}`, { hint: tail(result.stderr || result.stdout, 12) });
}

/** `exit status 2`, `ended by SIGKILL` or `no end within its deadline`. */
export function describeEnd(result: CommandResult): string {
  const command = result.argv[0] ?? '';
  if (result.timedOut) return `${command} did not end within its deadline`;
  if (result.endedBy !== undefined) return `${command} was ended by ${result.endedBy}`;
  return `${command} ended with status ${result.exitCode ?? '?'}`;
}

/** The last lines of a text. */
export function tail(text: string, lines: number): string {
  return text.trimEnd().split('\n').slice(-lines).join('\n');
}
