import { HostError } from '../../model/index.ts';
import { maxPayload } from './frame.ts';
import { createLink } from './link.ts';
import {
  AgentProcessEnded,
  AgentRefusal,
  type Born,
  type CommandListeners,
  type Ending,
  type Handle,
  type RunningCommand,
} from './port.ts';

/** The version of the protocol that this program speaks. */
const protocolVersion = 1;
/** Input for a command goes in pieces of this size; each is acknowledged when the command has taken it. */
const inputPiece = 16_384;
const more = 128;
const header = 9;

type Op = 'c' | 't' | 's' | 'S' | 'f' | 'r' | 'T' | 'i' | 'e' | 'k';

interface Answer {
  readonly id: number;
  readonly data: Uint8Array;
  /** For the request to make a process. */
  readonly born?: Born;
}

interface Pending {
  readonly handle: Handle;
  readonly parts: Uint8Array[];
  readonly listeners?: CommandListeners;
  resolve(answer: Answer): void;
  reject(error: Error): void;
}

interface KnownProcess {
  readonly ended: Promise<Ending>;
  readonly tell: (ending: Ending) => void;
  readonly fail: (error: Error) => void;
}

export interface SessionEvents {
  /** There are bytes for the line: call `takeOutput`. */
  readonly onOutput: () => void;
  /** The agent has answered a hello. */
  readonly onOpen: () => void;
  /** The agent started (again) and waits for a hello. */
  readonly onReady: () => void;
  readonly random: () => number;
}

/** Requests to the agent and their replies, on top of a {@link Link}. images/agent/requests.c is the other side. */
export type Session = ReturnType<typeof createSession>;

export function createSession(events: SessionEvents) {
  const link = createLink(events.random);
  const pending = new Map<number, Pending>();
  const running = new Map<number, CommandListeners>();
  const known = new Map<Handle, KnownProcess>();
  /** The end of the queue of requests to a process: it serves one at a time. */
  const queues = new Map<Handle, Promise<unknown>>();
  let failure: Error | undefined;
  let nextId = events.random() >>> 1;

  const meet = (handle: Handle): Promise<Ending> => {
    let tell: KnownProcess['tell'] = () => undefined;
    let fail: KnownProcess['fail'] = () => undefined;
    const ended = new Promise<Ending>((resolve, reject) => {
      tell = resolve;
      fail = reject;
    });
    // Nobody has to wait for the end of a process.
    ended.catch(() => undefined);
    known.set(handle, { ended, tell, fail });
    return ended;
  };
  void meet(0);

  const transmit = (op: Op, id: number, handle: Handle, data: Uint8Array): void => {
    const room = maxPayload - header;
    let at = 0;
    do {
      const part = data.subarray(at, at + room);
      at += room;
      const payload = Buffer.alloc(header + part.length);
      payload.writeUInt32BE(id);
      payload.writeUInt8(op.charCodeAt(0) | (at < data.length ? more : 0), 4);
      payload.writeUInt32BE(handle, 5);
      payload.set(part, header);
      link.send(payload);
    } while (at < data.length);
    events.onOutput();
  };

  const newId = (): number => {
    nextId = (nextId + 1) >>> 0 || 1;
    return nextId;
  };

  const request = (op: Op, handle: Handle, data: Uint8Array, listeners?: CommandListeners): Promise<Answer> =>
    new Promise((resolve, reject) => {
      if (failure) {
        reject(failure);
        return;
      }
      const id = newId();
      pending.set(id, { handle, parts: [], resolve, reject, ...(listeners && { listeners }) });
      transmit(op, id, handle, data);
    });

  const queued = <T>(handle: Handle, action: () => Promise<T>): Promise<T> => {
    const turn = (queues.get(handle) ?? Promise.resolve()).then(action, action);
    queues.set(handle, turn);
    const forget = (): void => {
      if (queues.get(handle) === turn) queues.delete(handle);
    };
    turn.then(forget, forget);
    return turn;
  };

  const settle = (id: number, data: Uint8Array, born?: Born): void => {
    const entry = pending.get(id);
    pending.delete(id);
    entry?.resolve({ id, data, ...(born && { born }) });
  };

  const onBorn = (id: number, data: Buffer): void => {
    const handle = data.readUInt32BE(0);
    const listeners = pending.get(id)?.listeners;
    const ended = meet(handle);
    if (listeners) {
      running.set(id, listeners);
      ended.then(() => running.delete(id)).catch(() => undefined);
    }
    settle(id, data, { handle, pid: data.readUInt32BE(4), ended });
  };

  const onDeath = (data: Buffer): void => {
    const handle = data.readUInt32BE(0);
    const ending = decodeEnding(data.readUInt32BE(4), data.readUInt32BE(8));
    for (const [id, entry] of pending) {
      if (entry.handle !== handle) continue;
      pending.delete(id);
      entry.reject(new AgentProcessEnded(ending));
    }
    const ended = known.get(handle);
    known.delete(handle);
    if (handle === 0) void meet(0);
    ended?.tell(ending);
  };

  const onPayload = (payload: Uint8Array): void => {
    const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
    const id = bytes.readUInt32BE(0);
    const op = String.fromCharCode((bytes[4] ?? 0) & 127);
    const data = bytes.subarray(5);
    if (op === 'R') {
      const entry = pending.get(id);
      entry?.parts.push(data);
      if (entry && !((bytes[4] ?? 0) & more)) settle(id, entry.parts.length === 1 ? data : Buffer.concat(entry.parts));
    } else if (op === 'O') running.get(id)?.onStdout(data);
    else if (op === 'E') running.get(id)?.onStderr(data);
    else if (op === 'I') settle(id, data);
    else if (op === 'F') onBorn(id, data);
    else if (op === 'X') onDeath(data);
    else if (op === 'Q') {
      pending.get(id)?.reject(new AgentRefusal(data.readUInt32BE(0), data.readUInt32BE(4) === 1 ? 'kernel' : 'agent'));
      pending.delete(id);
    }
  };

  const bornOf = ({ born }: Answer): Born => {
    if (!born) throw new AgentRefusal(0);
    return born;
  };

  return {
    hello(): void {
      link.hello();
      events.onOutput();
    },
    receive(chunk: Uint8Array): void {
      const news = link.receive(chunk);
      // A serial port brings a few bytes at a time.
      if (news.length === 0) return;
      for (const event of news) {
        if (event.type === 'payload') onPayload(event.payload);
        else if (event.type === 'progress') continue;
        else if (event.type === 'ready') events.onReady();
        else if (event.version === protocolVersion) events.onOpen();
        else this.fail(new HostError(`the agent speaks protocol ${event.version}, expected ${protocolVersion}`));
      }
      events.onOutput();
    },
    takeOutput: () => link.takeOutput(),
    /** Asks whether something got lost on the line. */
    nudge(): void {
      link.nudge();
      events.onOutput();
    },
    /** Acknowledges what is not acknowledged yet. */
    settle(): void {
      link.settle();
      events.onOutput();
    },
    isOpen: () => link.isOpen(),
    /** Whether an answer or an acknowledgement is due. */
    isWaiting: () => pending.size > 0 || running.size > 0 || link.isWaiting(),
    /** The guest is gone: everything that waits is rejected with this, and everything asked later. */
    fail(error: Error): void {
      failure ??= error;
      for (const entry of pending.values()) entry.reject(failure);
      pending.clear();
      for (const each of known.values()) each.fail(failure);
      known.clear();
      running.clear();
    },
    ask: (op: 'c' | 't' | 's' | 'S', handle: Handle, data: Uint8Array): Promise<Uint8Array> =>
      queued(handle, async () => (await request(op, handle, data)).data),
    fork: (handle: Handle): Promise<Born> =>
      queued(handle, async () => bornOf(await request('f', handle, Buffer.alloc(0)))),
    /** `terminal` gives the command the line itself: from then on the bytes on it are the command's. */
    start: (handle: Handle, data: Uint8Array, listeners: CommandListeners, terminal = false): Promise<RunningCommand> =>
      queued(handle, async () => {
        const child = bornOf(await request(terminal ? 'T' : 'r', handle, data, listeners));
        return {
          ...child,
          kill: (signal) => transmit('k', 0, child.handle, encodeKill(signal, true)),
          async write(bytes) {
            let at = 0;
            do {
              await request('i', child.handle, bytes.subarray(at, at + inputPiece));
              at += inputPiece;
            } while (at < bytes.length);
          },
        };
      }),
    exit: (handle: Handle, status: number): Promise<void> =>
      queued(handle, () => {
        const data = Buffer.alloc(4);
        data.writeInt32BE(status);
        transmit('e', newId(), handle, data);
        return Promise.resolve();
      }),
    kill: (handle: Handle, signal: number): void => transmit('k', 0, handle, encodeKill(signal, false)),
    /** Resolves when the process that makes the guest's own calls has ended. */
    firstEnded: (): Promise<Ending> => known.get(0)?.ended ?? Promise.reject(failure ?? new AgentRefusal(0)),
  };
}

function encodeKill(signal: number, group: boolean): Buffer {
  const data = Buffer.alloc(8);
  data.writeUInt32BE(signal);
  data.writeUInt32BE(group ? 1 : 0, 4);
  return data;
}

/** Reads the status that wait4(2) gives. */
function decodeEnding(status: number, error: number): Ending {
  const signal = status & 0x7f;
  return signal === 0 ? { status: (status >> 8) & 0xff, signal: null, error } : { status: null, signal, error };
}
