import test from 'ava';
import { isTrusted, parseChecksums, validSigners } from '../../../harness/tree/checksums.ts';

const sum = 'ab'.repeat(32);

test('sums by name, other lines left out', (t) => {
  const text = `-----BEGIN\nHash: SHA256\n\n${sum}  linux-6.1.tar.xz\n${sum.toUpperCase()} *patch-6.1.xz\n${'0'.repeat(63)}  short\n# x\n`;
  t.deepEqual(
    [...parseChecksums(text)],
    [
      ['linux-6.1.tar.xz', sum],
      ['patch-6.1.xz', sum],
    ],
  );
});

const key = 'A'.repeat(40);
const primary = 'B'.repeat(40);
const status = `[GNUPG:] NEWSIG\n[GNUPG:] GOODSIG ${key.slice(0, 16)} Somebody\n[GNUPG:] VALIDSIG ${key} 2024-01-01 1704067200 0 4 0 1 10 01 ${primary}\n`;

test('a valid signature names its key and the primary one', (t) => {
  t.deepEqual(validSigners(status), [key, primary]);
  t.deepEqual(validSigners('[GNUPG:] BADSIG AAAA Somebody\n'), []);
});

test('a name that pretends to be a status line counts for nothing', (t) => {
  t.deepEqual(validSigners(`[GNUPG:] GOODSIG ABCD [GNUPG:] VALIDSIG ${key}\n`), []);
});

test('fingerprints compare without blanks and case', (t) => {
  t.true(isTrusted([key], ['aaaa aaaa aaaa aaaa aaaa  aaaa aaaa aaaa aaaa aaaa']));
  t.false(isTrusted([key], [primary]));
  t.false(isTrusted([key], []));
  t.false(isTrusted([], [key]));
});
