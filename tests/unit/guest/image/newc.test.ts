import { execFileSync } from 'node:child_process';
import test from 'ava';
import { type ArchiveEntry, writeNewc } from '../../../../harness/guest/image/newc.ts';

const entries: readonly ArchiveEntry[] = [
  { type: 'file', path: 'init', data: Buffer.from('#!/bin/sh\n'), mode: 0o755 },
  { type: 'directory', path: 'tmp', mode: 0o1777 },
  { type: 'character', path: 'dev/console', major: 5, minor: 1 },
  { type: 'block', path: 'dev/ram0', major: 1, minor: 0, mode: 0o660 },
  { type: 'link', path: 'bin/sh', target: '/usr/lib/klibc/bin/sh' },
  { type: 'file', path: 'usr/lib/klibc/bin/sh', data: Buffer.alloc(5, 1) },
];

test('cpio reads what was written: types, modes, devices, links, and no time', (t) => {
  const listing = execFileSync('cpio', ['-itv', '--quiet', '--numeric-uid-gid'], {
    input: writeNewc(entries),
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
  });
  t.deepEqual(
    listing
      .trim()
      .split('\n')
      .map((line) => line.replace(/\s+/g, ' ')),
    [
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 bin',
      'lrwxrwxrwx 1 0 0 21 Jan 1 1970 bin/sh -> /usr/lib/klibc/bin/sh',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 dev',
      'crw------- 1 0 0 5, 1 Jan 1 1970 dev/console',
      'brw-rw---- 1 0 0 1, 0 Jan 1 1970 dev/ram0',
      '-rwxr-xr-x 1 0 0 10 Jan 1 1970 init',
      'drwxrwxrwt 2 0 0 0 Jan 1 1970 tmp',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 usr',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 usr/lib',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 usr/lib/klibc',
      'drwxr-xr-x 2 0 0 0 Jan 1 1970 usr/lib/klibc/bin',
      '-rw-r--r-- 1 0 0 5 Jan 1 1970 usr/lib/klibc/bin/sh',
    ],
  );
});

test('equal entries give equal bytes in any order', (t) => {
  t.deepEqual(writeNewc([...entries].reverse()), writeNewc(entries));
});

test('a path that no archive may hold is refused', (t) => {
  for (const path of ['/init', '../init', 'a//b', 'a/./b', '']) {
    t.throws(() => writeNewc([{ type: 'directory', path }]), { message: /is no path inside an archive/ });
  }
  t.throws(
    () =>
      writeNewc([
        { type: 'directory', path: 'a' },
        { type: 'link', path: 'a', target: 'b' },
      ]),
    { message: /two entries for a/ },
  );
});
