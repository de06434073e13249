import { existsSync } from 'node:fs';
import { PassThrough, Readable } from 'node:stream';
import test from 'ava';
import { GuestErrno, GuestGone, GuestProcessEnded, GuestRefusal } from '../../../harness/model/index.ts';
import { bootStage } from '../../../harness/pipeline/guest/boot.ts';
import { guestFactory, snapshotDirectory } from '../../../harness/pipeline/guest/factory.ts';
import { makeImage } from '../../../harness/pipeline/guest/image.ts';
import { openShell } from '../../../harness/pipeline/guest/shell.ts';
import { kernels, withGuest, withWorld } from '../../support/real-guest.ts';

for (const [index, kernel] of kernels.entries()) {
  const title = (text: string): string => `${kernel.target.name} (${index + 1}): ${text}`;
  test.serial(title('an image is made once, and its bytes do not depend on the place'), (t) =>
    withWorld(t, kernel, async ({ context }) => {
      const { target } = kernel;
      const again = await makeImage({ target }, context);
      const anew = await makeImage({ target }, { ...context, fresh: true });
      t.deepEqual([again.reused, anew.reused], [true, false]);
      t.is(anew.hash, again.hash);
      const extra = await makeImage(
        { target, extraFiles: [{ type: 'file', path: 'etc/motd', data: Buffer.from('x') }] },
        context,
      );
      t.not(extra.hash, again.hash);
    }),
  );

  test.serial(title('it boots, leaves a snapshot, and restored guests are fresh'), (t) =>
    withWorld(t, kernel, async ({ request, context, events }) => {
      const result = await bootStage({ ...request, snapshot: true }, context);
      t.is(result.outcome, 'pass', result.cause?.summary);
      const factory = await guestFactory({ ...request, snapshots: snapshotDirectory(context.cache) }, context);
      t.is(factory.isolation, 'snapshot');
      t.false(existsSync(request.logFile.replace('.log', '-1.log')), 'the snapshot of the boot stage is used');
      t.true((factory.bootMs ?? 0) > 0, 'and so is its time');
      for (let round = 0; round < 4; round++) {
        const guest = await factory.acquire();
        t.false(await guest.exists('/tmp/mark'));
        await guest.write('/tmp/mark', 'here', { create: true });
        t.is(await guest.sh('cat /tmp/mark'), 'here');
        await guest.close();
      }
      await factory.close();
      // A boot that the machine had no time for is made again, and said: nothing of the guest's.
      const told = events.filter((event) => !JSON.stringify(event).includes('the machine may be to blame'));
      t.deepEqual(told, []);
    }),
  );

  test.serial(title('system calls give what the kernel gives'), (t) =>
    withGuest(t, kernel, async (guest) => {
      await guest.mkdir('/tmp/a');
      t.like(await guest.stat('/tmp/a'), { type: 'directory', mode: 0o755, uid: 0, links: 2 });
      const exists = await t.throwsAsync(guest.mkdir('/tmp/a'), { instanceOf: GuestErrno });
      t.like(exists, { errno: 'EEXIST', code: 17, call: 'mkdir("/tmp/a")' });
      await t.throwsAsync(guest.rmdir('/tmp/none'), { message: 'rmdir("/tmp/none"): ENOENT' });
      await guest.write('/tmp/a/f', 'one', { create: true });
      await guest.write('/tmp/a/f', 'two', { append: true });
      t.is(await guest.read('/tmp/a/f'), 'onetwo');
      await guest.chmod('/tmp/a/f', 0o600);
      await guest.chown('/tmp/a/f', 12, 34);
      t.like(await guest.stat('/tmp/a/f'), { type: 'file', mode: 0o600, uid: 12, gid: 34, size: 6 });
      await guest.rename('/tmp/a/f', '/tmp/a/g');
      t.deepEqual(await guest.readdir('/tmp/a'), ['g']);
      const file = await guest.open('/tmp/a/g', 'rw');
      t.is(await file.read(3), 'one');
      await file.seek(1);
      t.is(await file.write('NE'), 2);
      await file.seek(0);
      t.is(await file.read(), 'oNEtwo');
      t.is(await file.read(), '');
      await file.close();
      await t.throwsAsync(file.read(), { message: /EBADF/ });
      await guest.unlink('/tmp/a/g');
      await guest.mount({ type: 'tmpfs', target: '/tmp/a', options: 'mode=700' });
      t.is((await guest.stat('/tmp/a')).mode, 0o700);
      const busy = await guest.fork();
      await busy.chdir('/tmp/a');
      await t.throwsAsync(guest.umount('/tmp/a'), { message: /EBUSY/ });
      await busy.end();
      await guest.umount('/tmp/a');
      await t.throwsAsync(guest.mount({ type: 'nosuch', target: '/tmp/a' }), { message: /ENODEV/ });
      t.deepEqual(await guest.sched_getaffinity(0), [0]);
    }),
  );

  test.serial(title('each process makes its own calls'), (t) =>
    withGuest(t, kernel, async (guest) => {
      const task = await guest.fork();
      const self = async (process: typeof task): Promise<string[]> =>
        (await process.read('/proc/self/stat')).split(' ');
      t.is((await self(task))[0], String(task.pid));
      const child = await task.fork();
      t.is((await self(child))[3], String(task.pid));
      await task.setIds({ uid: 1000, gid: 1000 });
      await t.throwsAsync(task.mkdir('/x'), { message: /EACCES/ });
      await child.mkdir('/x');
      const tid = await child.thread();
      t.deepEqual(await guest.readdir(`/proc/${child.pid}/task`), [String(child.pid), String(tid)]);
      await task.end();
      t.is((await self(child))[3], '1', 'an orphan belongs to the first process');
      await child.exit(7);
      t.deepEqual(await child.wait(), { status: 7, signal: null });
      const ended = await t.throwsAsync(child.read('/proc/self/stat'), { instanceOf: GuestRefusal });
      t.is(ended.blame, 'suite');
      t.false(await guest.exists(`/proc/${child.pid}`));
      const spinner = await guest.fork();
      await spinner.spin(20);
      await spinner.spinForever();
      await guest.kill(spinner.pid, 15);
      t.deepEqual(await spinner.wait(), { status: null, signal: 15 });
    }),
  );

  test.serial(title('a call that blocks blocks nobody else, and its end is noticed'), (t) =>
    withGuest(t, kernel, async (guest) => {
      await guest.run(['mkfifo', '/tmp/fifo']);
      const reader = await guest.fork();
      const reading = reader.read('/tmp/fifo');
      await guest.write('/tmp/fifo', 'through');
      t.is(await reading, 'through');
      const middle = await guest.fork();
      const blocked = await middle.fork();
      const failing = t.throwsAsync(blocked.read('/tmp/fifo'), { instanceOf: GuestProcessEnded });
      await guest.kill(blocked.pid, 9);
      t.like(await failing, { signal: 9, pid: blocked.pid });
      const before = guest.pid;
      await t.throwsAsync(guest.kill(before, 9), { instanceOf: GuestProcessEnded });
      t.not((await guest.read('/proc/self/stat')).split(' ')[0], String(before));
      t.true((await Promise.all(Array.from({ length: 60 }, () => guest.fork()))).length === 60);
    }),
  );

  test.serial(title('commands: status, signal, streams, environment, ids, time'), (t) =>
    withGuest(t, kernel, async (guest) => {
      t.deepEqual(await guest.run(['sh', '-c', 'echo out; echo err >&2; exit 5']), {
        status: 5,
        signal: null,
        stdout: 'out\n',
        stderr: 'err\n',
        timedOut: false,
      });
      t.like(await guest.run(['sh', '-c', 'kill -9 $$']), { status: null, signal: 9 });
      t.is((await guest.run({ argv: ['cat'], stdin: 'in\0put' })).stdout, 'in\0put');
      const environment = {
        argv: ['sh', '-c', 'echo $WORD; cat /proc/self/stat; : > /x'],
        env: { WORD: 'hi' },
      } as const;
      const { stdout, stderr } = await guest.run({ ...environment, cwd: '/tmp', uid: 1000, gid: 1000 });
      t.regex(stdout, /^hi\n/);
      t.regex(stderr, /x/);
      t.like(await guest.run(['/no/such']), { status: 127, stderr: 'quiltboot: cannot run /no/such: ENOENT\n' });
      t.is((await guest.run(['/proc'])).status, 126);
      const late = await guest.run({ argv: ['sh', '-c', 'while :; do :; done & while :; do :; done'], timeoutMs: 500 });
      t.like(late, { timedOut: true, signal: 9 });
      // A child that keeps the output open does not keep the command.
      t.is(await guest.sh('sh -c "while :; do :; done" & echo done'), 'done\n');
      await t.throwsAsync(guest.sh('echo why >&2; exit 3'), { message: /ended with status 3.*\nwhy/s });
    }),
  );

  test.serial(title('300 KB go in and out whole'), (t) =>
    withGuest(t, kernel, async (guest) => {
      const text = Array.from({ length: 30_000 }, (_, line) => `${line}`.padStart(9)).join('\n');
      await guest.run({ argv: ['sh', '-c', 'cat > /tmp/big'], stdin: text, timeoutMs: 200_000 });
      t.is((await guest.run(['cat', '/tmp/big'])).stdout, text);
      t.is(await guest.read('/tmp/big'), text);
      const bytes = Uint8Array.from({ length: 20_000 }, (_, index) => index);
      await guest.write('/tmp/bytes', bytes, { create: true });
      t.deepEqual(Uint8Array.from(await guest.readBytes('/tmp/bytes')), bytes);
    }),
  );

  test.serial(title('noise on the line does not stop the agent'), (t) =>
    withGuest(t, kernel, async (guest) => {
      const line = guest.machine.qemu.agent;
      for (let round = 0; round < 5; round++) {
        line.send(Buffer.from(`>half\u0001\n${'>'.repeat(round)}${'x'.repeat(3000)}\n>dddd`, 'latin1'));
        t.regex(await guest.read('/proc/version'), /^Linux version/);
      }
    }),
  );

  test.serial(title('a crash ends what waits, with the report'), (t) =>
    withGuest(t, kernel, async (guest) => {
      if (/ version 2\.6\./.test(await guest.read('/proc/version'))) {
        t.pass('there the key only starts a crash kernel');
        return;
      }
      const task = await guest.fork();
      const error = await t.throwsAsync(task.write('/proc/sysrq-trigger', 'c'), { instanceOf: GuestGone });
      t.is(error.ending, 'crash', error.message);
      t.true(guest.splats().some(({ severity }) => severity === 'fatal'));
      await t.throwsAsync(guest.read('/proc/version'), { instanceOf: GuestGone });
    }),
  );

  test.serial(title('a reboot ends what waits'), (t) =>
    withGuest(t, kernel, async (guest) => {
      const error = await t.throwsAsync(guest.write('/proc/sysrq-trigger', 'b'), { instanceOf: GuestGone });
      t.is(error.ending, 'reboot', error.message);
    }),
  );

  test.serial(title('QEMU killed from outside is no crash'), (t) =>
    withGuest(t, kernel, async (guest) => {
      const waiting = guest.waitForLog(/never/, 60_000);
      process.kill(guest.machine.qemu.pid, 'SIGKILL');
      t.is((await t.throwsAsync(waiting, { instanceOf: GuestGone })).ending, 'host');
    }),
  );

  test.serial(title('a person’s shell has a terminal of its own, and Ctrl-] leaves it'), (t) =>
    withWorld(t, kernel, async ({ context }) => {
      const modes: boolean[] = [];
      const input = Object.assign(new PassThrough(), { setRawMode: (raw: boolean) => modes.push(raw) });
      const output = new PassThrough();
      let shown = '';
      const steps: [RegExp, string][] = [
        [/# $/, 'echo a$((1+1))b\r'],
        [/a2b\r\n.*# $/, 'while :; do :; done\r'],
        [/done\r\n$/, '\u0003'],
        // Old kernels do not echo the interrupt.
        [/done\r\n(?:\^C)?(?:\r\n)*[^\r\n]*# $/, '\u001d'],
      ];
      output.on('data', (chunk: Buffer) => {
        shown += chunk.toString('latin1');
        if (steps[0]?.[0].test(shown)) input.write(steps.shift()?.[1]);
      });
      const machine = { cpus: 1, memoryMiB: 256, commandLine: [] };
      await openShell(
        { target: kernel.target, image: await kernel.image() },
        { machine, contents: undefined, input, output },
        context,
      );
      t.deepEqual(steps, [], shown);
      t.deepEqual(modes, [true, false]);
    }),
  );

  test.serial(title('a shell without a terminal ends with its input'), (t) =>
    withWorld(t, kernel, async ({ context }) => {
      const output = new PassThrough();
      let shown = '';
      output.on('data', (chunk: Buffer) => {
        shown += chunk.toString('latin1');
      });
      const machine = { cpus: 1, memoryMiB: 256, commandLine: [] };
      const input = Readable.from([Buffer.from('echo a$((1+1))b\n')]);
      await openShell(
        { target: kernel.target, image: await kernel.image() },
        { machine, contents: undefined, input, output },
        context,
      );
      t.regex(shown, /a2b/);
    }),
  );
}
