import { maxPayload } from './frame.ts';
import { createLink } from './link.ts';
import { type AgentMessage, more, readMessage } from './message.ts';
import {
  AgentProcessEnded,
  AgentRefusal,
  type Born,
  type CommandListeners,
  type Handle,
  type PortEnding,
  type RunningCommand,
} from './port.ts';
import type { Answer, KnownProcess, Op, Pending, SessionEvents } from './session-types.ts';

/** The version of the protocol that this program speaks. */
const protocolVersion = 1;
/** Input for a command goes in pieces of this size; each is acknowledged when the command has taken it. */
const inputPiece = 16_384;
const header = 9;
/** Bytes that the agent may answer to one request; its own limit is far below. */
const longestReply = 1024 * 1024;

/** Requests to the agent and their replies, on top of a {@link Link}. images/agent/requests.c is the other side. */
export type LineSession = ReturnType<typeof createSession>;

export function createSession({ onBroken, ...others }: SessionEvents) {
  let broken = false;
  const events: SessionEvents = {
    ...others,
    onBroken(what) {
      if (!broken) onBroken(what);
      broken = true;
    },
  };
  const link = createLink(events.random);
  const pending = new Map<number, Pending>();
  const running = new Map<number, CommandListeners>();
  const known = new Map<Handle, KnownProcess>();
  /** The end of the queue of requests to a process: it serves one at a time. */
  const queues = new Map<Handle, Promise<unknown>>();
  let failure: Error | undefined;
  let nextId = events.random() >>> 1;

  const meet = (handle: Handle): Promise<PortEnding> => {
    let tell: KnownProcess['tell'] = () => undefined;
    let fail: KnownProcess['fail'] = () => undefined;
    const ended = new Promise<PortEnding>((resolve, reject) => {
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
      pending.set(id, {
        handle,
        kind: kindOf(op),
        parts: [],
        size: 0,
        resolve,
        reject,
        ...(listeners && { listeners }),
      });
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

  /** Ends a request of a kind that the agent may answer like this; what nobody waits for any more is passed over. */
  const settle = (id: number, kind: Pending['kind'], answer: Pick<Answer, 'data' | 'born'>): void => {
    const entry = pending.get(id);
    if (!entry) return;
    if (entry.kind !== kind) {
      events.onBroken('an answer of another kind than the request');
      return;
    }
    pending.delete(id);
    entry.resolve({ id, ...answer });
  };

  const onReply = ({ id, data, more: isPart }: Extract<AgentMessage, { type: 'reply' }>): void => {
    const entry = pending.get(id);
    if (!entry) return;
    entry.parts.push(data);
    entry.size += data.length;
    // Empty parts count as well: they would take memory and time without end.
    if (entry.size > longestReply || entry.parts.length > 4096) {
      events.onBroken(`a reply of more than ${longestReply} bytes`);
    } else if (!isPart) settle(id, 'reply', { data: entry.parts.length === 1 ? data : Buffer.concat(entry.parts) });
  };

  const onBorn = ({ id, handle, pid }: Extract<AgentMessage, { type: 'born' }>): void => {
    const entry = pending.get(id);
    if (!entry) return;
    const ended = meet(handle);
    const { listeners } = entry;
    if (listeners) {
      running.set(id, listeners);
      ended.then(() => running.delete(id)).catch(() => undefined);
    }
    settle(id, 'birth', { data: Buffer.alloc(0), born: { handle, pid, ended } });
  };

  const onDeath = ({ handle, ending }: Extract<AgentMessage, { type: 'died' }>): void => {
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

  const onMessage = (message: AgentMessage): void => {
    switch (message.type) {
      case 'reply':
        onReply(message);
        break;
      case 'stdout':
        running.get(message.id)?.onStdout(message.data);
        break;
      case 'stderr':
        running.get(message.id)?.onStderr(message.data);
        break;
      case 'taken':
        settle(message.id, 'input', { data: message.data });
        break;
      case 'born':
        onBorn(message);
        break;
      case 'died':
        onDeath(message);
        break;
      case 'refused':
        pending.get(message.id)?.reject(new AgentRefusal(message.code, message.origin));
        pending.delete(message.id);
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
        if (broken) return;
        if (event.type === 'payload') {
          const message = readMessage(event.payload);
          if (typeof message === 'string') events.onBroken(message);
          else onMessage(message);
        } else if (event.type === 'progress') continue;
        else if (event.type === 'ready') events.onReady();
        else if (event.version === protocolVersion) events.onOpen();
        else events.onBroken(`it speaks protocol ${event.version}, not ${protocolVersion}`);
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
    ask: (op: 'c' | 't' | 's' | 'S' | 'n' | 'N', handle: Handle, data: Uint8Array): Promise<Uint8Array> =>
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
    firstEnded: (): Promise<PortEnding> => known.get(0)?.ended ?? Promise.reject(failure ?? new AgentRefusal(0)),
  };
}

function kindOf(op: Op): Pending['kind'] {
  if (op === 'i') return 'input';
  return op === 'f' || op === 'r' || op === 'T' ? 'birth' : 'reply';
}

function encodeKill(signal: number, group: boolean): Buffer {
  const data = Buffer.alloc(8);
  data.writeUInt32BE(signal);
  data.writeUInt32BE(group ? 1 : 0, 4);
  return data;
}
