import test from 'ava';
import fc from 'fast-check';
import { createFrameReader, encodeFrame } from '../../../../harness/guest/line/frame.ts';
import { createLink, type Link, linkWindow } from '../../../../harness/guest/line/link.ts';

/** The agent's half as images/agent/link.c has it: keeps frames until they are acknowledged, has no clock. */
function createAgent(echo: boolean) {
  const reader = createFrameReader();
  let expected = 0;
  let first = 0;
  let kept: Buffer[] = [];
  const received: Buffer[] = [];
  let out: Buffer[] = [];
  const control = (kind: 'a' | 'n' | 'h'): void => {
    const payload = kind === 'h' ? Buffer.from([1]) : Buffer.alloc(0);
    out.push(encodeFrame({ kind, number: (first + kept.length) >>> 0, ack: expected, payload }));
  };
  const send = (payload: Buffer): void => {
    const frame = encodeFrame({ kind: 'd', number: (first + kept.length) >>> 0, ack: expected, payload });
    kept.push(frame);
    out.push(frame);
  };
  return {
    received,
    send,
    push(chunk: Uint8Array): void {
      for (const frame of reader.push(chunk)) {
        if (frame === 'bad') {
          control('n');
          continue;
        }
        if (frame.kind === 'h') {
          expected = frame.number;
          first = frame.ack;
          kept = [];
          control('h');
          continue;
        }
        const count = (frame.ack - first) >>> 0;
        if (count <= kept.length) {
          kept = kept.slice(count);
          first = frame.ack;
        }
        if (frame.kind === 'n') {
          out.push(...kept);
        }
        if (frame.kind === 'q') {
          control(frame.number === expected ? 'a' : 'n');
          continue;
        }
        if (frame.number !== expected) {
          const ahead = (frame.number - expected) >>> 0 < 0x80000000;
          if (ahead) control('n');
          else if (frame.kind === 'd') control('a');
          continue;
        }
        if (frame.kind !== 'd') continue;
        expected = (expected + 1) >>> 0;
        received.push(Buffer.from(frame.payload));
        control('a');
        if (echo) send(Buffer.from(frame.payload));
      }
    },
    take(): Buffer {
      const bytes = Buffer.concat(out);
      out = [];
      return bytes;
    },
  };
}

/** Damages a stream: drops, changes and inserts bytes as the numbers say. */
function damage(bytes: Buffer, faults: number[]): Buffer {
  const fault = faults.shift();
  if (fault === undefined || bytes.length === 0 || fault % 3 === 0) return bytes;
  const place = fault % bytes.length;
  if (fault % 3 === 1) return Buffer.concat([bytes.subarray(0, place), bytes.subarray(place + 1 + (fault % 50))]);
  return Buffer.concat([bytes.subarray(0, place), Buffer.from(`>${fault}\n`), bytes.subarray(place)]);
}

function exchange(link: Link, agent: ReturnType<typeof createAgent>, faults: number[], rounds: number): Uint8Array[] {
  const payloads: Uint8Array[] = [];
  for (let round = 0; round < rounds; round++) {
    agent.push(damage(link.takeOutput(), faults));
    for (const event of link.receive(damage(agent.take(), faults))) {
      if (event.type === 'payload') payloads.push(event.payload);
    }
    if (round % 4 === 3) {
      if (link.isOpen()) link.nudge();
      else link.hello();
    }
  }
  return payloads;
}

const counter = (): (() => number) => {
  let value = 0xfffffff0;
  return () => (value = (value + 7) >>> 0);
};

test('every payload arrives once and in order in both directions, whatever the line does', (t) => {
  fc.assert(
    fc.property(
      fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 30 }),
      fc.array(fc.nat(100_000), { maxLength: 30 }),
      (payloads, faults) => {
        const link = createLink(counter());
        const agent = createAgent(true);
        link.hello();
        for (const payload of payloads) link.send(payload);
        const echoed = exchange(link, agent, [...faults], 200);
        const plain = (list: readonly Uint8Array[]): string[] => list.map((each) => Buffer.from(each).toString('hex'));
        t.deepEqual(plain(agent.received), plain(payloads));
        t.deepEqual(plain(echoed), plain(payloads));
        t.false(link.isWaiting());
      },
    ),
    { numRuns: 60 },
  );
});

test('no more than the window is on its way without an acknowledgement', (t) => {
  const link = createLink(counter());
  const agent = createAgent(false);
  link.hello();
  agent.push(link.takeOutput());
  link.receive(agent.take());
  for (let index = 0; index < 100; index++) link.send(Buffer.alloc(1000, index));
  const first = link.takeOutput();
  t.true(first.length <= linkWindow);
  t.is(link.takeOutput().length, 0);
  agent.push(first);
  link.receive(agent.take());
  t.true(link.takeOutput().length > 0);
});

test('frames of an earlier session are strangers', (t) => {
  const link = createLink(counter());
  const agent = createAgent(false);
  link.hello();
  agent.push(link.takeOutput());
  link.receive(agent.take());
  agent.send(Buffer.from('late'));
  const late = agent.take();
  link.hello();
  t.true(link.receive(late).every(({ type }) => type === 'progress'));
  agent.push(link.takeOutput());
  t.deepEqual(link.receive(agent.take()), [{ type: 'open', version: 1 }]);
  t.true(link.receive(late).every(({ type }) => type === 'progress'));
});

test('an agent that starts anew is told apart from one that answers', (t) => {
  const link = createLink(counter());
  const ready = encodeFrame({ kind: 'h', number: 0, ack: 0, payload: Buffer.from([1]) });
  t.deepEqual(link.receive(ready), [{ type: 'ready' }]);
  link.hello();
  t.deepEqual(link.receive(ready), [{ type: 'ready' }]);
  t.false(link.isOpen());
});
