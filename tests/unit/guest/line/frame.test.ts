import test from 'ava';
import fc from 'fast-check';
import { crc32 } from '../../../../harness/guest/line/crc32.ts';
import { createFrameReader, encodeFrame, type Frame, maxPayload } from '../../../../harness/guest/line/frame.ts';

const frames = fc.record({
  kind: fc.constantFrom('d' as const, 'a' as const, 'n' as const, 'q' as const, 'h' as const),
  number: fc.nat(0xffffffff),
  ack: fc.nat(0xffffffff),
  payload: fc.uint8Array({ maxLength: 300 }),
});

const cut = (bytes: Buffer, places: readonly number[]): Buffer[] => {
  const at = [0, ...places.map((place) => place % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  return at.slice(1).map((end, index) => bytes.subarray(at[index], end));
};

test('the CRC is the one of the standard check value', (t) => {
  t.is(crc32(Buffer.from('123456789')), 0xcbf43926);
});

test('a frame that is read in any pieces is the frame that was written', (t) => {
  fc.assert(
    fc.property(fc.array(frames, { minLength: 1, maxLength: 4 }), fc.array(fc.nat(5000)), (list, places) => {
      const reader = createFrameReader();
      const found = cut(Buffer.concat(list.map(encodeFrame)), places).flatMap((piece) => reader.push(piece));
      t.deepEqual(found, list as (Frame | 'bad')[]);
    }),
  );
});

test('a line stays below 4096 bytes and has no control character but its end, whatever is in it', (t) => {
  for (let value = 0; value < 256; value++) {
    const line = encodeFrame({ kind: 'd', number: 0, ack: 0, payload: Buffer.alloc(maxPayload, value) });
    t.true(line.length < 4096);
    t.true(line.subarray(0, -1).every((byte) => byte >= 32));
    t.is(line.indexOf('>', 1), -1);
  }
  t.throws(() => encodeFrame({ kind: 'd', number: 0, ack: 0, payload: Buffer.alloc(maxPayload + 1) }), {
    instanceOf: RangeError,
  });
});

test('garbage before and between frames hides none of them', (t) => {
  fc.assert(
    fc.property(frames, frames, fc.uint8Array({ maxLength: 5000 }), (first, second, garbage) => {
      const reader = createFrameReader();
      reader.push(garbage);
      const found = [...reader.push(encodeFrame(first)), ...reader.push(garbage), ...reader.push(encodeFrame(second))];
      const good = found.filter((frame) => frame !== 'bad');
      t.deepEqual(good[0], first);
      t.deepEqual(good.at(-1), second);
    }),
  );
});

test('half a frame is bad, and the next one is read', (t) => {
  fc.assert(
    fc.property(frames, frames, fc.nat(), (broken, whole, place) => {
      const line = encodeFrame(broken);
      const reader = createFrameReader();
      reader.push(line.subarray(0, 1 + (place % (line.length - 2))));
      t.deepEqual(reader.push(encodeFrame(whole)), ['bad', whole]);
    }),
  );
});

test('a changed byte never gives another frame', (t) => {
  fc.assert(
    fc.property(frames, fc.nat(), fc.integer({ min: 1, max: 255 }), (frame, place, change) => {
      const line = Buffer.from(encodeFrame(frame));
      const index = place % (line.length - 1);
      line[index] = (line[index] ?? 0) ^ change;
      const found = createFrameReader().push(line);
      t.true(found.every((each) => each === 'bad'));
    }),
  );
});
