import test from 'ava';
import { createCollector, encodeCommand, outcomeOf } from '../../../../harness/guest/calls/command.ts';
import { isUserland, writeInitramfs } from '../../../../harness/guest/image/initramfs.ts';
import { agentCompiler } from '../../../../harness/guest/image/nolibc-compiler.ts';
import { i386, s390x, x86_64 } from '../../../../harness/targets/index.ts';

const strings = (request: Buffer): string[] => request.subarray(14).toString('utf8').split('\0').slice(0, -1);

test('a program without a slash is looked for in the PATH of the command', (t) => {
  const request = encodeCommand({ argv: ['ls', '-l'], env: { PATH: '/a:/b' }, cwd: '/tmp', uid: 5 });
  t.is(request.readInt32BE(0), 5);
  t.is(request.readInt32BE(4), -1);
  t.deepEqual(
    [8, 10, 12].map((at) => request.readUInt16BE(at)),
    [2, 2, 3],
  );
  t.deepEqual(strings(request), ['/tmp', '/a/ls', '/b/ls', 'ls', '-l', 'PATH=/a:/b', 'HOME=/', 'TERM=dumb']);
});

test('a program with a slash is taken as it is, and a NUL is refused', (t) => {
  t.is(strings(encodeCommand({ argv: ['./x'] }))[1], './x');
  t.throws(() => encodeCommand({ argv: ['/bin/echo', 'a\0b'] }), { message: /NUL/ });
});

test('output beyond the limit is counted, not kept', (t) => {
  const output = createCollector(5);
  output.push(Buffer.from('abc'));
  output.push(Buffer.from('defg'));
  output.push(Buffer.from('hi'));
  t.is(output.text(), 'abcde\n[4 more bytes were not kept]\n');
});

test('a character that is cut by two chunks is whole in the text', (t) => {
  const output = createCollector();
  for (const byte of Buffer.from('é')) output.push(Buffer.from([byte]));
  t.is(output.text(), 'é');
});

test('a program that cannot be started has a shell’s status and says why', (t) => {
  const output = { stdout: '', stderr: '', timedOut: false };
  const missing = outcomeOf({ argv: ['/x'] }, { status: 127, signal: null, error: 2 }, output);
  t.like(missing, { status: 127, signal: null, stderr: 'quiltboot: cannot run /x: ENOENT\n' });
  t.is(outcomeOf({ argv: ['/x'] }, { status: 127, signal: null, error: 13 }, output).status, 126);
  t.like(outcomeOf({ argv: ['/x'] }, { status: null, signal: 9, error: 0 }, output), { status: null, signal: 9 });
});

test('the agent is compiled for the target, without a C library', (t) => {
  t.is(agentCompiler(s390x, ['a.c'], 'out')[0], 's390x-linux-gnu-gcc');
  t.true(agentCompiler(i386, ['a.c'], 'out').includes('-m32'));
  for (const target of [x86_64, i386, s390x]) {
    const argv = agentCompiler(target, ['a.c'], 'out');
    for (const flag of ['-nostdlib', '-ffreestanding', '-static', 'a.c', '-DAGENT_MAJOR=4'])
      t.true(argv.includes(flag));
  }
});

test('a guest has klibc’s programs in /bin, the agent as /init, and what is extra', (t) => {
  t.deepEqual(
    ['usr/lib/klibc/bin/sh', 'lib/klibc-abc.so', 'usr/lib/klibc-abc.so', 'usr/share/doc/x', 'lib/other.so'].map(
      isUserland,
    ),
    [true, true, true, false, false],
  );
  const archive = writeInitramfs({
    target: x86_64,
    agent: Buffer.from('agent'),
    userland: [{ path: 'usr/lib/klibc/bin/sh', data: Buffer.from('shell') }],
    extra: [{ type: 'file', path: 'etc/motd', data: Buffer.from('hello') }],
  }).toString('latin1');
  for (const name of ['init', 'bin/sh', 'dev/ttyS1', 'dev/console', 'etc/motd']) t.true(archive.includes(`${name}\0`));
});
