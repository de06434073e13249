import { closeSync, openSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import { HostError } from '../../model/index.ts';
import { runProcess } from '../process.ts';
import { openQmp, type QmpClient } from './qmp.ts';
import { type GuestFiles, type GuestRoom, type GuestRoomRequest, openRoom } from './room.ts';
import { endProcess, howEnded, innermost } from './room-process.ts';
import { roomEnvironment } from './room-words.ts';
import { type Channel, type Listener, listen } from './sockets.ts';

interface QemuSockets {
  readonly log: string;
  readonly agent: string;
  readonly monitor: string;
}

interface QemuEnd {
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stderr: string;
  /** Whether `kill` ended it. */
  readonly wanted: boolean;
}

export interface QemuProcess {
  /** QEMU's own, not that of the sandbox around it. */
  readonly pid: number;
  readonly log: Channel;
  readonly agent: Channel;
  readonly monitor: QmpClient;
  /** Where it runs, with the directory that it shares with us. */
  readonly room: Pick<GuestRoom, 'shared' | 'admit'>;
  readonly ended: Promise<QemuEnd>;
  /** Ends it with SIGKILL, removes its sockets, and resolves with how it ended. Safe to call twice. */
  kill(): Promise<QemuEnd>;
}

export interface QemuStart extends GuestRoomRequest {
  /** Builds the argument list for the sockets that were made and the files, as QEMU sees both. */
  readonly argv: (sockets: QemuSockets, seen: GuestFiles) => readonly [string, ...string[]];
  /** A file that QEMU gets as its stdin. */
  readonly snapshot?: string;
  /** Called as soon as the sockets are connected, so that the first byte is seen. */
  readonly onLog: (chunk: Uint8Array) => void;
  readonly connectMs?: number;
}

const names = ['log', 'agent', 'monitor'] as const;
const stderrLimit = 16_384;
/** What QEMU gets to end after its monitor is gone. */
const lastWordsMs = 2000;

/**
 * Starts QEMU in a room and a process group of its own, which die with this program, and waits until it has connected to
 * the sockets for log, agent and monitor.
 *
 * @throws HostError when it can't be started, ends before it connects, or doesn't connect in time (retryable); where there
 *   has to be a sandbox and is none
 */
export async function startQemu(start: QemuStart): Promise<QemuProcess> {
  const room = await openRoom(start);
  const listeners: Listener[] = [];
  let running: ReturnType<typeof spawn> | undefined;
  try {
    for (const name of names) {
      const listener = await listen(room.shared(name).here);
      listeners.push(listener);
      await room.admit(listener.path);
    }
    const [log, agent, monitor] = listeners;
    if (!log || !agent || !monitor) throw new HostError('no sockets', { code: 'QB-QEMU' });
    const there = (name: (typeof names)[number]): string => room.shared(name).there;
    const argv = start.argv({ log: there('log'), agent: there('agent'), monitor: there('monitor') }, room.seen);
    const qemu = spawn(room, argv, start.snapshot);
    running = qemu;
    void log.connection.then((channel) => channel.onData(start.onLog)).catch(() => undefined);
    const connected = Promise.all([log.connection, agent.connection, monitor.connection.then((c) => openQmp(c))]);
    const [logChannel, agentChannel, client] = await Promise.race([
      // A QEMU that ends in the middle says why on stderr, and that counts more than what it did not say here.
      connected.catch(async (error: unknown) => {
        await Promise.race([qemu.ended, sleep(lastWordsMs)]);
        throw error;
      }),
      failWhenEnded(qemu.ended, argv),
      failAfter(start.connectMs ?? 30_000, argv[0]),
    ]);
    let killed: Promise<QemuEnd> | undefined;
    return {
      pid: await innermost(qemu.pid),
      log: logChannel,
      agent: agentChannel,
      monitor: client,
      room,
      ended: qemu.ended,
      kill: () =>
        (killed ??= qemu.kill().then(async (end) => {
          await room.remove();
          return end;
        })),
    };
  } catch (error) {
    await running?.kill();
    await room.remove();
    throw error;
  } finally {
    for (const listener of listeners) listener.close();
  }
}

function spawn(room: GuestRoom, argv: readonly [string, ...string[]], snapshot: string | undefined) {
  const [command, ...args] = room.wrap(argv);
  const file = snapshot === undefined ? undefined : openSync(snapshot, 'r');
  const child = execa(command, args, {
    // Any open descriptor will do; the types know of the standard ones only.
    stdin: (file as 0 | undefined) ?? 'ignore',
    stdout: 'ignore',
    stderr: 'pipe',
    env: roomEnvironment,
    extendEnv: false,
    detached: true,
    cleanup: false,
    reject: false,
    buffer: false,
  });
  if (file !== undefined) closeSync(file);
  let stderr = '';
  let wanted = false;
  child.stderr.on('data', (chunk: Buffer) => {
    stderr = (stderr + chunk.toString('utf8')).slice(-stderrLimit);
  });
  const ended: Promise<QemuEnd> = child.then((result) => ({
    ...howEnded(result.exitCode, result.signal),
    stderr: result.exitCode === undefined && result.signal === undefined ? (result.message ?? stderr) : stderr,
    wanted,
  }));
  return {
    pid: child.pid ?? 0,
    ended,
    async kill(): Promise<QemuEnd> {
      // One that has ended by itself is not ended by us.
      const running = child.exitCode === null && child.signalCode === null;
      wanted ||= running;
      if (child.pid !== undefined && running) await endProcess(child.pid, room.sandboxed);
      return await ended;
    },
  };
}

async function failWhenEnded(ended: Promise<QemuEnd>, argv: readonly [string, ...string[]]): Promise<never> {
  const end = await ended;
  const [binary] = argv;
  const how = end.signal === undefined ? `ended with status ${end.exitCode ?? '?'}` : `was ended by ${end.signal}`;
  const hint = end.stderr.trim();
  throw new HostError(`${binary} ${how} before it was ready`, {
    code: 'QB-QEMU',
    retryable: end.signal !== undefined,
    hint: hint === '' ? `its arguments were: ${argv.slice(1).join(' ')}` : hint,
  });
}

function failAfter(ms: number, binary: string): Promise<never> {
  return new Promise((_, reject) => {
    setTimeout(
      () =>
        reject(new HostError(`${binary} did not connect within ${ms / 1000} s`, { code: 'QB-QEMU', retryable: true })),
      ms,
    ).unref();
  });
}

const versions = new Map<string, Promise<string>>();

/** The first line of what QEMU prints for `--version`. @throws HostError when it can't be run */
export function qemuVersion(binary: string): Promise<string> {
  const known = versions.get(binary);
  if (known) return known;
  const asked = runProcess({ argv: [binary, '--version'], timeoutMs: 20_000 }).then((result) => {
    if (result.exitCode === 0) return result.stdout.split('\n', 1)[0] ?? '';
    throw new HostError(`${binary} --version fails`, { code: 'QB-QEMU', hint: result.stderr });
  });
  versions.set(binary, asked);
  return asked;
}
