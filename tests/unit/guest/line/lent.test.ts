import test from 'ava';
import { encodeFrame } from '../../../../harness/guest/line/frame.ts';
import { createLentLine } from '../../../../harness/guest/line/lent.ts';

const hello = encodeFrame({ kind: 'h', number: 7, ack: 9, payload: new Uint8Array() });
const texts: Readonly<Record<string, string>> = {
  nothing: '',
  'a prompt': 'x86_64 # ',
  'a second prompt': '$ cat <<E\r\n> one\r\n> ',
  'signs that begin frames': '<a><b>>> "x" > y\r\n',
  'characters of two bytes': 'größer > ’>’ \r\n',
};

for (const [what, text] of Object.entries(texts)) {
  test(`the frame that ends the loan is never shown, in whatever pieces it comes after ${what}`, (t) => {
    const bytes = Buffer.concat([Buffer.from(text), hello]);
    for (let size = 1; size <= bytes.length; size++) {
      const line = createLentLine();
      const shown: Buffer[] = [];
      let ended = false;
      for (let at = 0; at < bytes.length && !ended; at += size) {
        const one = line.push(bytes.subarray(at, at + size));
        shown.push(one.shown);
        ended = one.ended;
      }
      t.true(ended, `in pieces of ${size}`);
      t.is(Buffer.concat(shown).toString(), text, `in pieces of ${size}`);
    }
  });
}

test('the last ">" waits for what follows, and is given up when nothing does', (t) => {
  const line = createLentLine();
  t.is(line.push(Buffer.from('echo a >')).shown.toString(), 'echo a ');
  t.true(line.waits);
  t.is(line.release().toString(), '>');
  t.false(line.waits);
  t.is(line.push(Buffer.from(' file')).shown.toString(), ' file');
});

test('a damaged frame, and one without an end, are bytes of the program', (t) => {
  const damaged = Buffer.from(hello);
  damaged.writeUInt8((damaged.readUInt8(5) ^ 1) | 128, 5);
  const one = createLentLine().push(damaged);
  t.deepEqual([one.ended, one.shown], [false, damaged]);
  const endless = Buffer.concat([hello.subarray(0, -1), Buffer.alloc(5000, 'x')]);
  const other = createLentLine().push(endless);
  t.deepEqual([other.ended, other.shown], [false, endless]);
});
