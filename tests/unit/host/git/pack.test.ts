import test from 'ava';
import fc from 'fast-check';
import { entryHeader, objectId, packIndex } from '../../../../harness/host/git/pack.ts';
import { treeBytes } from '../../../../harness/host/git/store.ts';

test("git's names of known objects", (t) => {
  t.is(objectId('blob', Buffer.alloc(0)).toString('hex'), 'e69de29bb2d1d6434b8b29ae775ad8c2e48c5391');
  t.is(objectId('tree', Buffer.alloc(0)).toString('hex'), '4b825dc642cb6eb9a060e54bf8d69288fbee4904');
  t.is(objectId('blob', Buffer.from('hello\n')).toString('hex'), 'ce013625030ba8dba906f756967f9e9ca394464a');
});

/** The other direction, as gitformat-pack(5) tells it. */
function readHeader(bytes: Buffer): { readonly type: number; readonly length: number; readonly used: number } {
  let byte = bytes.readUInt8(0);
  const type = (byte >> 4) & 7;
  let length = byte & 15;
  let used = 1;
  for (let scale = 16; byte & 0x80; scale *= 128) {
    byte = bytes.readUInt8(used++);
    length += (byte & 0x7f) * scale;
  }
  return { type, length, used };
}

test('a header tells type and length, whatever the length', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(fc.constantFrom('blob', 'tree'), fc.nat({ max: 2 ** 40 }), (type, length) => {
        const bytes = entryHeader(type, length);
        const read = readHeader(bytes);
        return read.type === (type === 'blob' ? 3 : 2) && read.length === length && read.used === bytes.length;
      }),
    ),
  );
});

test('a directory sorts as if its name ended in a slash', (t) => {
  const id = Buffer.alloc(20, 1);
  const entries = [
    { name: Buffer.from('a'), mode: 0o040000, id },
    { name: Buffer.from('a.c'), mode: 0o100644, id },
    { name: Buffer.from('a-b'), mode: 0o100755, id },
  ];
  const text = treeBytes(entries).toString('latin1').replaceAll(id.toString('latin1'), '|');
  t.is(text, '100755 a-b\0|100644 a.c\0|40000 a\0|');
});

test('an offset behind 2 GiB stands in the table of wide ones', (t) => {
  const sum = Buffer.alloc(20, 9);
  const objects = new Map([
    ['\x02'.repeat(20), { offset: 2 ** 33 + 5, crc: 1 }],
    ['\x01'.repeat(20), { offset: 12, crc: 2 }],
  ]);
  const bytes = packIndex(objects, sum);
  const offsets = 8 + 1024 + 2 * 20 + 2 * 4;
  t.is(bytes.readUInt32BE(offsets), 12);
  t.is(bytes.readUInt32BE(offsets + 4), 0x80000000);
  t.is(bytes.readBigUInt64BE(offsets + 8), BigInt(2 ** 33 + 5));
  const fanout = [0, 1, 2, 255].map((first) => bytes.readUInt32BE(8 + first * 4));
  t.deepEqual(fanout, [0, 1, 2, 2]);
});
