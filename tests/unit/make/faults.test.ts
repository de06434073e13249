import test from 'ava';
import { confirmHostFault, type HostEvidence, suspectHost } from '../../../harness/make/index.ts';

const gigabyte = 2 ** 30;

/** A machine with nothing to complain about. */
const healthy: HostEvidence = {
  freeBefore: 50 * gigabyte,
  freeAfter: 49 * gigabyte,
  availableMemory: 8 * gigabyte,
  outOfMemoryKills: 0,
  writeProblem: undefined,
  largestFile: 2 ** 20,
  missing: new Set(),
};

const logs = {
  killed: 'gcc: fatal error: Killed signal terminated program cc1',
  make: 'make[3]: *** [scripts/Makefile.build:250: kernel/fork.o] Killed',
  memory: 'cc1: out of memory allocating 65536 bytes after a total of 1 bytes',
  full: '/tmp/ccX.s: Fatal error: kernel/fork.o: No space left on device',
  quota: 'as: kernel/fork.o: Disk quota exceeded',
  readOnly: 'ld: cannot open output file: Read-only file system',
  bison: '/bin/sh: 1: bison: not found',
  bc: 'make[1]: bc: No such file or directory',
  cross: '/bin/sh: line 1: s390x-linux-gnu-gcc: command not found',
  openssl: 'scripts/sign-file.c:25:10: fatal error: openssl/opensslv.h: No such file or directory',
};

const everyLog = Object.values(logs).join('\n');

test('nothing that a log says makes a healthy machine guilty', (t) => {
  for (const log of [...Object.values(logs), everyLog]) {
    t.true(suspectHost(log).length > 0, log);
    t.is(confirmHostFault(suspectHost(log), healthy), undefined, log);
    t.is(confirmHostFault(suspectHost(log), healthy, true), undefined, log);
  }
});

const guilty = [
  { log: logs.killed, evidence: { outOfMemoryKills: 1 }, says: /ran out of memory/, retryable: true },
  { log: logs.make, evidence: { outOfMemoryKills: 2 }, says: /ran out of memory/, retryable: true },
  { log: logs.memory, evidence: { availableMemory: 2 ** 20 }, says: /ran out of memory/, retryable: true },
  { log: logs.full, evidence: { freeAfter: 4096 }, says: /could not write its files: 4096 bytes are free/ },
  { log: logs.quota, evidence: { writeProblem: 'EDQUOT: quota' }, says: /EDQUOT/ },
  { log: logs.readOnly, evidence: { writeProblem: 'EROFS: read-only' }, says: /EROFS/ },
  { log: logs.bison, evidence: { missing: new Set(['bison']) }, says: /needs bison, which is not installed/ },
  { log: logs.openssl, evidence: { missing: new Set(['libssl-dev']) }, says: /needs libssl-dev/ },
] as const;

for (const { log, evidence, says, ...more } of guilty) {
  test(`the machine confirms: ${log}`, (t) => {
    const fault = confirmHostFault(suspectHost(log), { ...healthy, ...evidence });
    t.regex(fault?.message ?? '', says);
    t.is(fault?.retryable, 'retryable' in more);
  });
}

test('a build that has filled the disk with one file is to blame itself', (t) => {
  const evidence = { ...healthy, freeBefore: 150 * 2 ** 20, freeAfter: 0, largestFile: 140 * 2 ** 20 };
  t.is(confirmHostFault(suspectHost(logs.full), { ...evidence, writeProblem: 'ENOSPC: no space' }), undefined);
  t.truthy(confirmHostFault(suspectHost(logs.full), { ...evidence, largestFile: 2 ** 20 }));
});

test('a make that a signal ended needs no words: the machine knows whether it ran out of memory', (t) => {
  t.truthy(confirmHostFault([], { ...healthy, outOfMemoryKills: 1 }, true));
  t.is(confirmHostFault([], { ...healthy, outOfMemoryKills: 1 }, false), undefined);
});

test('a tool that is missing is no excuse for a build that says it lacks another', (t) => {
  t.is(confirmHostFault(suspectHost(logs.cross), { ...healthy, missing: new Set(['bison']) }), undefined);
  t.deepEqual(suspectHost('/bin/sh: 1: ./scripts/container.sh: not found'), []);
});
