import { randomBytes } from 'node:crypto';
import type { AgentPort } from '../../guest/line/port.ts';
import { createSession, type LineSession } from '../../guest/line/session.ts';
import type { Channel } from '../../host/qemu/sockets.ts';
import type { BootTarget } from '../../model/index.ts';

/** Silence after which the agent is asked whether something got lost; then twice as long each time. */
const nudgeAfterMs = 400;
const nudgeAtMostMs = 5_000;
/** An acknowledgement waits this long for a frame that carries it. */
const settleAfterMs = 20;

/** The agent of one guest: a session with its clock, and deadlines on everything that is asked. */
export interface Agent {
  readonly port: AgentPort;
  readonly session: LineSession;
  /** Resolves when the session is open. */
  readonly opened: Promise<void>;
  /** Resolves when the agent started anew (a terminal session has ended). */
  onRestart(listener: () => void): void;
  /** Bytes on the line bypass the session while somebody has the line for itself. */
  divert(listener: ((chunk: Uint8Array) => void) | undefined): void;
  /** When the last byte came (`performance.now()`). */
  lastHeard(): number;
  /** The guest is gone: everything that waits is rejected. */
  fail(error: Error): void;
}

export interface AgentOptions {
  readonly channel: Channel;
  readonly target: BootTarget;
  /** Deadline of a single call. */
  readonly callMs: number;
  /** What to wait beyond a deadline that has passed, in milliseconds. */
  readonly beyond: (ms: number) => number;
  /** Builds the error for a call that did not end within its deadline; the guest is given up then. */
  readonly onHang: (what: string, ms: number) => Promise<Error>;
  /** Gives the guest up because of what its agent sent, and returns the error for whoever waits. */
  readonly onBroken: (what: string) => Error;
  /** The agent runs already (a restored guest): ask at once instead of waiting for its first word. */
  readonly awake: boolean;
}

export function connectAgent({ channel, target, callMs, beyond, onHang, onBroken, awake }: AgentOptions): Agent {
  let heard = performance.now();
  let settleTimer: NodeJS.Timeout | undefined;
  let nudgeTimer: NodeJS.Timeout | undefined;
  let pause = nudgeAfterMs;
  let diverted: ((chunk: Uint8Array) => void) | undefined;
  let restart: (() => void) | undefined;
  let greeted = awake;
  let over = false;
  let open: () => void = () => undefined;
  let gone: (error: Error) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    gone = reject;
  });
  failed.catch(() => undefined);
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });

  const flush = (): void => {
    if (over || diverted) return;
    channel.send(session.takeOutput());
    scheduleNudge();
  };

  const scheduleSettle = (): void => {
    settleTimer ??= setTimeout(() => {
      settleTimer = undefined;
      if (!over && !diverted) session.settle();
    }, settleAfterMs).unref();
  };

  const scheduleNudge = (): void => {
    if (over || nudgeTimer !== undefined) return;
    nudgeTimer = setTimeout(() => {
      nudgeTimer = undefined;
      if (over || diverted) return;
      const wanted = greeted && !session.isOpen();
      if (!wanted && !session.isWaiting()) return;
      if (performance.now() - heard >= pause) {
        pause = Math.min(2 * pause, nudgeAtMostMs);
        if (wanted) session.hello();
        else session.nudge();
      }
      scheduleNudge();
    }, pause).unref();
  };

  let settling = false;
  const session = createSession({
    random: () => randomBytes(4).readUInt32BE(),
    onOpen: open,
    onBroken: (what) => void broken(what),
    onReady() {
      greeted = true;
      if (session.isOpen()) restart?.();
      session.hello();
    },
    onOutput() {
      // One write for everything that one turn of the event loop produces.
      if (settling) return;
      settling = true;
      queueMicrotask(() => {
        settling = false;
        flush();
      });
    },
  });

  const fail = (error: Error): void => {
    over = true;
    clearTimeout(settleTimer);
    clearTimeout(nudgeTimer);
    session.fail(error);
    gone(error);
  };

  const broken = (what: string): Error => {
    const error = onBroken(what);
    fail(error);
    return error;
  };

  channel.onData((chunk) => {
    heard = performance.now();
    pause = nudgeAfterMs;
    if (over) return;
    if (diverted) {
      diverted(chunk);
      return;
    }
    session.receive(chunk);
    scheduleSettle();
  });
  if (awake) session.hello();

  const within = async <T>(promise: Promise<T>, what: string, extraMs = 0): Promise<T> => {
    const ms = callMs + extraMs;
    // On a crowded machine the guest had less than its time, which is known only when it has passed.
    for (const limit of [() => ms, () => beyond(ms)]) {
      let timer: NodeJS.Timeout | undefined;
      const late = new Promise<'late'>((resolve) => {
        timer = setTimeout(() => resolve('late'), limit());
      });
      try {
        const first = await Promise.race([promise, late, failed]);
        if (first !== 'late') return first;
      } finally {
        clearTimeout(timer);
      }
    }
    promise.catch(() => undefined);
    throw await onHang(what, ms);
  };

  const port: AgentPort = {
    target,
    within,
    broken,
    ask: (op, handle, data, what, extraMs) => within(session.ask(op, handle, data), what, extraMs),
    fork: (handle) => within(session.fork(handle), 'fork()'),
    start: (handle, request, listeners) => within(session.start(handle, request, listeners), 'starting a command'),
    exit: (handle, status) => within(session.exit(handle, status), 'exit()'),
    kill: (handle, signal) => session.kill(handle, signal),
    firstEnded: () => session.firstEnded(),
  };

  return {
    port,
    session,
    opened: Promise.race([opened, failed]),
    onRestart(listener) {
      restart = listener;
    },
    divert(listener) {
      diverted = listener;
    },
    lastHeard: () => heard,
    fail,
  };
}
