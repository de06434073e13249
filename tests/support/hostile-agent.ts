import { createProcess } from '../../harness/guest/calls/process.ts';
import { createFrameReader, encodeFrame, type Frame } from '../../harness/guest/line/frame.ts';
import type { AgentPort } from '../../harness/guest/line/port.ts';
import { createSession } from '../../harness/guest/line/session.ts';
import { GuestGone, type GuestProcess } from '../../harness/model/index.ts';
import { x86_64 } from '../../harness/targets/index.ts';

/** How an agent answers: `say` sends a payload of an operation. */
export type Answer = (say: (op: string, data: Uint8Array, id?: number) => void, op: string, id: number) => void;

/** The calls of a guest whose agent answers as it likes; a guest that is given up rejects with {@link GuestGone}. */
export function hostileGuest(answer: Answer, version = 1): GuestProcess {
  let next = 0;
  let expected = 0;
  const reader = createFrameReader();
  const send = (payload: Uint8Array): void => {
    const number = next;
    next = (next + 1) >>> 0;
    session.receive(encodeFrame({ kind: 'd', number, ack: expected, payload }));
  };
  const serve = (frame: Frame): void => {
    if (frame.kind === 'h') {
      next = frame.ack;
      expected = frame.number;
      session.receive(encodeFrame({ kind: 'h', number: next, ack: expected, payload: Buffer.from([version]) }));
    } else if (frame.kind === 'd') {
      expected = (expected + 1) >>> 0;
      const bytes = Buffer.from(frame.payload);
      const asked = bytes.readUInt32BE(0);
      const say = (op: string, data: Uint8Array, id = asked): void => {
        const head = Buffer.alloc(5);
        head.writeUInt32BE(id >>> 0);
        head.write(op, 4, 'latin1');
        send(op === '' ? data : Buffer.concat([head, data]));
      };
      answer(say, String.fromCharCode((bytes[4] ?? 0) & 127), asked);
    }
  };
  const session = createSession({
    onOutput: () =>
      setImmediate(() => {
        for (const frame of reader.push(session.takeOutput())) if (frame !== 'bad') serve(frame);
      }),
    onOpen: () => undefined,
    onReady: () => undefined,
    onBroken: (what) => void broken(what),
    random: () => 1000,
  });
  const broken = (what: string): Error => {
    const error = new GuestGone('crash', `the guest broke the protocol of its agent: ${what}`);
    session.fail(error);
    return error;
  };
  session.hello();
  const late = (): Promise<never> =>
    new Promise((_, reject) => setTimeout(() => reject(new GuestGone('hang', 'no answer in time')), 300));
  const within = <T>(promise: Promise<T>): Promise<T> => Promise.race([promise, late()]);
  const port: AgentPort = {
    target: x86_64,
    ask: (op, handle, data) => within(session.ask(op, handle, data)),
    fork: (handle) => within(session.fork(handle)),
    start: (handle, data, listeners) => within(session.start(handle, data, listeners)),
    exit: (handle, status) => within(session.exit(handle, status)),
    kill: (handle, signal) => session.kill(handle, signal),
    firstEnded: () => session.firstEnded(),
    broken,
    within,
  };
  return createProcess(port, { handle: 0, pid: 1 });
}
