import test from 'ava';
import { createProcess } from '../../../../harness/guest/calls/process.ts';
import { createFrameReader, encodeFrame, type Frame } from '../../../../harness/guest/line/frame.ts';
import type { AgentPort } from '../../../../harness/guest/line/port.ts';
import { createSession } from '../../../../harness/guest/line/session.ts';
import { GuestErrno, type GuestProcess, GuestRefusal } from '../../../../harness/model/index.ts';
import { x86_64 } from '../../../../harness/targets/index.ts';

/** A process whose agent answers every request with a refusal. */
function refused(code: number, origin: 0 | 1): GuestProcess {
  let next = 0;
  let expected = 0;
  const reader = createFrameReader();
  const answer = (frame: Frame): void => {
    if (frame.kind === 'h') {
      next = frame.ack;
      expected = frame.number;
      session.receive(encodeFrame({ kind: 'h', number: next, ack: expected, payload: Buffer.from([1]) }));
    } else if (frame.kind === 'd') {
      const payload = Buffer.alloc(13);
      payload.writeUInt32BE(Buffer.from(frame.payload).readUInt32BE(0));
      payload.write('Q', 4, 'latin1');
      payload.writeUInt32BE(code, 5);
      payload.writeUInt32BE(origin, 9);
      expected = (expected + 1) >>> 0;
      const number = next;
      next = (next + 1) >>> 0;
      session.receive(encodeFrame({ kind: 'd', number, ack: expected, payload }));
    }
  };
  const session = createSession({
    onOutput: () =>
      setImmediate(() => {
        for (const frame of reader.push(session.takeOutput())) if (frame !== 'bad') answer(frame);
      }),
    onOpen: () => undefined,
    onReady: () => undefined,
    onBroken: (what) => session.fail(new Error(what)),
    random: () => 1000,
  });
  session.hello();
  const port: AgentPort = {
    target: x86_64,
    ask: (op, handle, data) => session.ask(op, handle, data),
    fork: (handle) => session.fork(handle),
    start: (handle, data, listeners) => session.start(handle, data, listeners),
    exit: (handle, status) => session.exit(handle, status),
    kill: (handle, signal) => session.kill(handle, signal),
    firstEnded: () => session.firstEnded(),
    broken: (what) => new Error(what),
    within: (promise) => promise,
  };
  return createProcess(port, { handle: 7, pid: 42 });
}

test('a fork that the kernel refused is an errno of the kernel', async (t) => {
  const error = await t.throwsAsync(refused(11, 1).fork(), { instanceOf: GuestErrno });
  t.like(error, { errno: 'EAGAIN', code: 11, call: 'fork()' });
});

test('a process that has ended is the mistake of whoever asks it', async (t) => {
  const error = await t.throwsAsync(refused(3, 0).chdir('/'), { instanceOf: GuestRefusal });
  t.like(error, { blame: 'suite', message: 'chdir("/"): process 42 has ended and makes no more calls' });
});

test('too many processes are too many for the agent, not for the kernel', async (t) => {
  const error = await t.throwsAsync(refused(11, 0).fork(), { instanceOf: GuestRefusal });
  t.is(error.blame, 'suite');
  t.regex(error.message, /^fork\(\): the agent keeps 511 processes/);
});

test('a request that the agent cannot use is a fault of this program', async (t) => {
  const error = await t.throwsAsync(refused(7, 0).rmdir('/a'), { instanceOf: GuestRefusal });
  t.is(error.blame, 'host');
  t.regex(error.message, /E2BIG/);
});
