import { GuestErrno, suite } from 'quiltboot/suite';
import { errnoOf } from '../lib/errno.ts';

const { test } = suite();

test('a call that fails has the errno of the kernel', async (t, { guest }) => {
  await guest.mkdir('/d');
  await guest.write('/f', 'x', { create: true });
  t.is(await errnoOf(guest.read('/nowhere')), 'ENOENT');
  t.is(await errnoOf(guest.mkdir('/d')), 'EEXIST');
  t.is(await errnoOf(guest.rmdir('/f')), 'ENOTDIR');
  t.is(await errnoOf(guest.read('/d')), 'EISDIR');
  t.is(await errnoOf(guest.read('/f/x')), 'ENOTDIR');
  t.is(await errnoOf(guest.mkdir(`/${'n'.repeat(256)}`)), 'ENAMETOOLONG');
  t.is(await errnoOf(guest.kill(4_000_000, 0)), 'ESRCH');
  t.is(await errnoOf(guest.umount('/d')), 'EINVAL');
  t.is(await errnoOf(guest.mount({ type: 'nosuchtype', target: '/d' })), 'ENODEV');
});

test('the error says which call failed', async (t, { guest }) => {
  const error = await t.throwsAsync(guest.rmdir('/nowhere'), { instanceOf: GuestErrno });
  t.is(error.code, 2);
  t.regex(error.message, /rmdir.*\/nowhere.*ENOENT/);
});

test('files keep every byte', async (t, { guest }) => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  await guest.write('/bytes', bytes, { create: true });
  t.deepEqual([...(await guest.readBytes('/bytes'))], [...bytes]);
  t.is((await guest.stat('/bytes')).size, 256);
});

test('a write is one system call, and append appends', async (t, { guest }) => {
  await guest.write('/f', 'one\n', { create: true });
  await guest.write('/f', 'two\n', { append: true });
  t.is(await guest.read('/f'), 'one\ntwo\n');
});

test('an open file is read in pieces, sought and written', async (t, { guest }) => {
  await guest.write('/f', 'abcdef', { create: true });
  const file = await guest.open('/f', 'rw');
  t.is(await file.read(2), 'ab');
  t.is(await file.read(2), 'cd');
  await file.seek(1);
  t.is(await file.write('XY'), 2);
  await file.seek(0);
  t.is(await file.read(), 'aXYdef');
  t.is(await file.read(), '');
  await file.close();
});

test('a program has arguments, input, environment and a status', async (t, { guest }) => {
  const outcome = await guest.run({
    argv: ['sh', '-c', 'cat; echo "$1:$GREETING"; echo oops >&2; exit 7', 'sh', 'a b'],
    stdin: 'from outside\n',
    env: { GREETING: 'hello' },
  });
  t.deepEqual(
    { ...outcome },
    { status: 7, signal: null, stdout: 'from outside\na b:hello\n', stderr: 'oops\n', timedOut: false },
  );
});

test('a program that a signal ended tells which', async (t, { guest }) => {
  const outcome = await guest.run(['sh', '-c', 'kill -9 $$']);
  t.is(outcome.status, null);
  t.is(outcome.signal, 9);
});

test('a program that does not end is ended', async (t, { guest }) => {
  const outcome = await guest.run({ argv: ['sleep', '1000'], timeoutMs: 300 });
  t.true(outcome.timedOut);
  t.is(await guest.sh('echo still here'), 'still here\n');
});

test('a program that is not there has a status or an errno, and the guest goes on', async (t, { guest }) => {
  const result = await guest.run(['/no/such/program']).then(
    (outcome) => outcome.status,
    (error: unknown) => (error instanceof GuestErrno ? error.errno : String(error)),
  );
  t.true(result === 127 || result === 'ENOENT', String(result));
  t.is(await guest.sh('echo still here'), 'still here\n');
});

test('a mebibyte of output arrives whole', { timeoutMs: 120_000 }, async (t, { guest }) => {
  const line = 'quiltboot 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNO\n';
  const lines = 1_048_576 / line.length;
  t.true(Number.isInteger(lines));
  await guest.write('/big', line.repeat(256), { create: true });
  const outcome = await guest.run(['sh', '-c', `i=0; while [ $i -lt ${lines / 256} ]; do cat /big; i=$((i+1)); done`]);
  t.is(outcome.stdout.length, 1_048_576);
  t.true(outcome.stdout === line.repeat(lines));
});

test('what a program writes right before it ends arrives', { timeoutMs: 120_000 }, async (t, { guest }) => {
  // The agent once took the end of a program for the end of its output, a few times in ten thousand.
  for (let round = 0; round < 300; round += 1) {
    const { stdout, status } = await guest.run(['uname']);
    if (status !== 0 || stdout !== 'Linux\n') {
      t.deepEqual({ round, stdout, status }, { round, stdout: 'Linux\n', status: 0 });
      return;
    }
  }
  t.pass();
});

test('64 KiB of input arrive whole', async (t, { guest }) => {
  const text = 'quiltboot 0123456789 abcdefghijklmnopqrstuvwxyz ABCDEFGHIJKLMNO\n'.repeat(1024);
  const outcome = await guest.run({ argv: ['sh', '-c', 'cat >/copy'], stdin: text });
  t.is(outcome.status, 0);
  t.is((await guest.stat('/copy')).size, text.length);
  t.true((await guest.read('/copy')) === text);
});

test('a child makes calls of its own, with its own pid', async (t, { guest }) => {
  const child = await guest.fork();
  t.not(child.pid, guest.pid);
  t.regex(await child.read('/proc/self/status'), new RegExp(`^Pid:\\t${child.pid}$`, 'm'));
  const grandchild = await child.fork();
  t.regex(await guest.read(`/proc/${grandchild.pid}/status`), new RegExp(`^PPid:\\t${child.pid}$`, 'm'));
});

test('a child changes its user, and only its own', async (t, { guest }) => {
  const child = await guest.fork();
  await child.setIds({ uid: 1000, gid: 1000 });
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Uid:\t1000\t1000\t1000\t1000$/m);
  t.regex(await guest.read(`/proc/${guest.pid}/status`), /^Uid:\t0\t0\t0\t0$/m);
  await guest.write('/secret', 'x', { create: true });
  await guest.chmod('/secret', 0o600);
  t.is(await errnoOf(child.read('/secret')), 'EACCES');
});

test('real, effective and saved user are set one by one', async (t, { guest }) => {
  const child = await guest.fork();
  await child.setresuid(1001, 1002, 1003);
  t.regex(await guest.read(`/proc/${child.pid}/status`), /^Uid:\t1001\t1002\t1003\t/m);
});

test('a thread has an id of its own in its process', async (t, { guest }) => {
  const child = await guest.fork();
  const threads = [await child.thread(), await child.thread()];
  const listed = (await guest.readdir(`/proc/${child.pid}/task`)).map(Number).sort((a, b) => a - b);
  t.deepEqual(
    listed,
    [child.pid, ...threads].sort((a, b) => a - b),
  );
});

test('a child tells how it ended', async (t, { guest }) => {
  const exits = await guest.fork();
  const waiting = exits.wait();
  await exits.exit(7);
  t.deepEqual({ ...(await waiting) }, { status: 7, signal: null });
  const killed = await guest.fork();
  await guest.kill(killed.pid, 9);
  t.deepEqual({ ...(await killed.wait()) }, { status: null, signal: 9 });
});

test('a child that was ended is gone', async (t, { guest }) => {
  const child = await guest.fork();
  await child.end();
  t.false(await guest.exists(`/proc/${child.pid}`));
});

test('a child that spins uses the processor and can be ended', async (t, { guest }) => {
  const child = await guest.fork();
  const ticks = async (): Promise<number> => Number((await guest.read(`/proc/${child.pid}/stat`)).split(' ')[13]);
  await child.spinForever();
  await guest.until('it has used time', async () => (await ticks()) > 0);
  await child.end();
  t.false(await guest.exists(`/proc/${child.pid}`));
});

test('each case has the files of a fresh guest', async (t, { guest }) => {
  t.false(await guest.exists('/d'));
  t.false(await guest.exists('/bytes'));
  t.false(await guest.exists('/big'));
});

test('file systems are mounted and unmounted', async (t, { guest }) => {
  await guest.mkdir('/m');
  await guest.mount({ type: 'tmpfs', source: 'none', target: '/m', options: 'size=8k' });
  await guest.write('/m/f', 'x', { create: true });
  t.is(await guest.read('/m/f'), 'x');
  // Two pages hold one file of a byte and the first half of another.
  const file = await guest.open('/m/more', 'w', { create: true });
  t.is(await file.write(new Uint8Array(8192)), 4096);
  t.is(await errnoOf(file.write('x')), 'ENOSPC');
  await file.close();
  await guest.umount('/m');
  t.deepEqual(await guest.readdir('/m'), []);
});

test("the guest's clock goes on", async (t, { guest }) => {
  const uptime = async (): Promise<number> => Number((await guest.read('/proc/uptime')).split(' ')[0]);
  const before = await uptime();
  await guest.sh('sleep 1');
  t.true((await uptime()) - before >= 0.9);
});

test('what a program says in the kernel log can be waited for', async (t, { guest }) => {
  const found = guest.waitForLog(/quilt-word-\d+/);
  await guest.sh('echo quilt-word-42 >/dev/kmsg');
  t.regex(await found, /quilt-word-42/);
});
