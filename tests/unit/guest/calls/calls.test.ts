import test from 'ava';
import fc from 'fast-check';
import { decodeResults, encodeCalls, errorOf } from '../../../../harness/guest/calls/calls.ts';
import { errnoName } from '../../../../harness/guest/calls/errno.ts';
import { decodeCpus, decodeNames, decodeStat, encodeCpus } from '../../../../harness/guest/calls/structs.ts';
import { i386, s390x, x86_64 } from '../../../../harness/targets/index.ts';

test('a list of calls as the agent reads it', (t) => {
  const bytes = encodeCalls(
    [
      { name: 'open', args: ['/a', 0o1101, 0] },
      { name: 'read', args: [{ resultOf: 0 }, { output: 300 }, -1], sized: true, repeat: true },
      { name: 'close', args: [{ resultOf: 0 }], always: true, ifWhole: true },
    ],
    (name) => x86_64.systemCalls[name],
  );
  t.deepEqual(
    [...bytes],
    [
      ...[3],
      ...[0, 2, 0, 3, 0x10, 0x02, 0x02, 0x41, 0x00],
      ...[0, 0, 2 | 4, 3, 0x30, 0x22, 0x01, 0x2c, 0x01, 0xff],
      ...[0, 3, 1 | 8, 1, 0x30],
      ...Buffer.from('/a\0'),
    ],
  );
});

test('a value has as few bytes as hold it with its sign', (t) => {
  fc.assert(
    fc.property(fc.maxSafeInteger(), (value) => {
      const [, , , , , kindAndSize = 0, ...bytes] = encodeCalls([{ name: 'close', args: [value] }], () => 1);
      t.is(kindAndSize & 15, bytes.length);
      const read = Buffer.from(bytes);
      t.is(
        bytes.length === 0 ? 0n : BigInt.asIntN(8 * bytes.length, BigInt(`0x${read.toString('hex')}`)),
        BigInt(value),
      );
    }),
  );
});

test('results carry their call, their value and their output', (t) => {
  const reply = Buffer.alloc(13 + 2 + 13);
  reply.writeUInt8(1);
  reply.writeBigInt64BE(2n, 1);
  reply.writeUInt32BE(2, 9);
  reply.write('ok', 13);
  reply.writeUInt8(2, 15);
  reply.writeBigInt64BE(-16n, 16);
  const results = decodeResults(reply, 3) ?? [];
  t.deepEqual(
    results.map(({ index, value, output }) => [index, value, Buffer.from(output).toString()]),
    [
      [1, 2, 'ok'],
      [2, -16, ''],
    ],
  );
  t.deepEqual(results.map(errorOf), [undefined, 16]);
});

test('a reply that can be none is told apart from an empty one', (t) => {
  const reply = Buffer.alloc(13 + 2);
  reply.writeUInt32BE(2, 9);
  t.is(decodeResults(reply, 1)?.length, 1);
  t.deepEqual(decodeResults(Buffer.alloc(0), 1), []);
  t.is(decodeResults(reply.subarray(0, 14), 1), undefined, 'less output than it says');
  t.is(decodeResults(reply.subarray(0, 5), 1), undefined, 'less than a result');
  reply.writeUInt8(1);
  t.is(decodeResults(reply, 1), undefined, 'of a call that was not made');
});

test('too much in one request is refused before it is sent', (t) => {
  t.throws(() => encodeCalls([{ name: 'write', args: [1, Buffer.alloc(70_000), 70_000] }], () => 1), {
    message: /holds 65000 bytes/,
  });
});

test('errno numbers have the names that kernel people use', (t) => {
  t.deepEqual([1, 5, 11, 16, 28, 95, 524, 4000].map(errnoName), [
    'EPERM',
    'EIO',
    'EAGAIN',
    'EBUSY',
    'ENOSPC',
    'EOPNOTSUPP',
    'ENOTSUPP',
    'E4000',
  ]);
});

test('stat of each layout', (t) => {
  const wide = (little: boolean): Buffer => {
    const bytes = Buffer.alloc(144);
    const view = new DataView(bytes.buffer, bytes.byteOffset);
    view.setBigUint64(8, 77n, little);
    view.setBigUint64(16, 2n, little);
    view.setUint32(24, 0o040755, little);
    view.setUint32(28, 5, little);
    view.setUint32(32, 6, little);
    view.setBigUint64(48, 5_000_000_000n, little);
    return bytes;
  };
  const expected = {
    type: 'directory',
    mode: 0o755,
    uid: 5,
    gid: 6,
    size: 5_000_000_000,
    inode: 77,
    links: 2,
  } as const;
  t.deepEqual(decodeStat(wide(true), x86_64), expected);
  t.deepEqual(decodeStat(wide(false), s390x), expected);
  const small = Buffer.alloc(96);
  small.writeUInt32LE(0o100600, 16);
  small.writeUInt32LE(1, 20);
  small.writeBigUInt64LE(9n, 44);
  small.writeBigUInt64LE(12n, 88);
  t.deepEqual(decodeStat(small, i386), { type: 'file', mode: 0o600, uid: 0, gid: 0, size: 9, inode: 12, links: 1 });
});

test('names of a directory in the order of the kernel, without . and ..', (t) => {
  const entry = (name: string, big: boolean): Buffer => {
    const bytes = Buffer.alloc(24 + name.length);
    if (big) bytes.writeUInt16BE(bytes.length, 16);
    else bytes.writeUInt16LE(bytes.length, 16);
    bytes.write(name, 19);
    return bytes;
  };
  for (const layout of [x86_64, s390x]) {
    const big = layout.endian === 'big';
    const bytes = Buffer.concat(['.', '..', 'zebra', 'ant'].map((name) => entry(name, big)));
    t.deepEqual(decodeNames(bytes, layout), ['zebra', 'ant']);
  }
});

test('a CPU mask is an array of longs in the order of the machine', (t) => {
  t.deepEqual([...encodeCpus([0, 9], x86_64).subarray(0, 8)], [1, 2, 0, 0, 0, 0, 0, 0]);
  t.deepEqual([...encodeCpus([0, 9], s390x).subarray(0, 8)], [0, 0, 0, 0, 0, 0, 2, 1]);
  for (const layout of [x86_64, i386, s390x]) {
    t.deepEqual(decodeCpus(encodeCpus([0, 3, 31, 32, 64, 100], layout), layout), [0, 3, 31, 32, 64, 100]);
  }
  t.throws(() => encodeCpus([1024], x86_64), { instanceOf: RangeError });
});
