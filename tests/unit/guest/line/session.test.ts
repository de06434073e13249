import test from 'ava';
import { createFrameReader, encodeFrame, type Frame } from '../../../../harness/guest/line/frame.ts';
import { readMessage } from '../../../../harness/guest/line/message.ts';
import { createSession, type LineSession } from '../../../../harness/guest/line/session.ts';

type Say = (op: string, data: Uint8Array, id?: number) => void;

/** A session with an agent that answers requests as it likes. */
function withAgent(onRequest: (say: Say, op: string, id: number) => void): {
  readonly session: LineSession;
  readonly broken: string[];
  readonly say: Say;
} {
  const broken: string[] = [];
  const reader = createFrameReader();
  let next = 0;
  let expected = 0;
  const frame = (payload: Uint8Array): void => {
    const number = next;
    next = (next + 1) >>> 0;
    session.receive(encodeFrame({ kind: 'd', number, ack: expected, payload }));
  };
  const say: Say = (op, data, id = 0) => {
    const head = Buffer.alloc(5);
    head.writeUInt32BE(id);
    head.write(op, 4, 'latin1');
    frame(Buffer.concat([head, data]));
  };
  const serve = (one: Frame): void => {
    if (one.kind === 'h') {
      next = one.ack;
      expected = one.number;
      session.receive(encodeFrame({ kind: 'h', number: next, ack: expected, payload: Buffer.from([1]) }));
    } else if (one.kind === 'd') {
      expected = (expected + 1) >>> 0;
      const bytes = Buffer.from(one.payload);
      onRequest(say, String.fromCharCode((bytes[4] ?? 0) & 127), bytes.readUInt32BE(0));
    }
  };
  const session = createSession({
    onOutput: () =>
      setImmediate(() => {
        for (const one of reader.push(session.takeOutput())) if (one !== 'bad') serve(one);
      }),
    onOpen: () => undefined,
    onReady: () => undefined,
    onBroken(what) {
      broken.push(what);
      session.fail(new Error(`broken: ${what}`));
    },
    random: () => 1000,
  });
  session.hello();
  return { session, broken, say };
}

const short: readonly (readonly [string, number])[] = [
  ['F', 0],
  ['F', 7],
  ['X', 0],
  ['X', 11],
  ['Q', 7],
  ['z', 20],
  ['\u0000', 0],
];

for (const [op, length] of short) {
  test(`a message ${JSON.stringify(op)} of ${length} bytes ends the guest, not the program`, async (t) => {
    const { session, broken } = withAgent((say, _, id) => say(op, Buffer.alloc(length), id));
    await t.throwsAsync(session.ask('c', 0, Buffer.alloc(1)), { message: /^broken: a message/ });
    t.is(broken.length, 1);
  });
}

test('a payload shorter than any message is no message', (t) => {
  for (let length = 0; length < 5; length += 1) t.is(readMessage(Buffer.alloc(length)), `a message of ${length} bytes`);
  t.is(typeof readMessage(Buffer.from([0, 0, 0, 1, 'R'.charCodeAt(0)])), 'object');
});

test('an answer of another kind than the request is none', async (t) => {
  const birth = withAgent((say, _, id) => say('R', Buffer.alloc(20), id));
  await t.throwsAsync(birth.session.fork(0), { message: /another kind/ });
  const reply = withAgent((say, _, id) => say('F', Buffer.alloc(12), id));
  await t.throwsAsync(reply.session.ask('c', 0, Buffer.alloc(1)), { message: /another kind/ });
});

test('a reply without an end is ended, also one of empty parts', async (t) => {
  for (const size of [1900, 0]) {
    const { session, broken } = withAgent((say, _, id) => {
      for (let part = 0; part < 100_000 && broken.length === 0; part += 1)
        say(String.fromCharCode('R'.charCodeAt(0) | 128), Buffer.alloc(size), id);
    });
    await t.throwsAsync(session.ask('c', 0, Buffer.alloc(1)), { message: /a reply of more than/ });
  }
});

test('processes that nobody asked for, and answers that nobody waits for, are passed over', async (t) => {
  const { session, broken, say } = withAgent((say, _, id) => say('R', Buffer.from('ok'), id));
  t.is(Buffer.from(await session.ask('c', 0, Buffer.alloc(1))).toString(), 'ok');
  for (let handle = 1; handle < 1000; handle += 1) {
    const data = Buffer.alloc(12);
    data.writeUInt32BE(handle);
    say('F', data, 77_000 + handle);
    say('X', data);
    say('O', data, handle);
  }
  t.deepEqual(broken, []);
  t.false(session.isWaiting());
});
