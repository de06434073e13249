import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { memoryOf } from '../../../harness/host/qemu/snapshots.ts';
import { type Emit, GuestGone, HostError } from '../../../harness/model/index.ts';
import { bootStage } from '../../../harness/pipeline/guest/boot.ts';
import type { GuestDeadlines } from '../../../harness/pipeline/guest/deadlines.ts';
import { bootRetrying, guestFactory, snapshotDirectory } from '../../../harness/pipeline/guest/factory.ts';
import { withGdb } from '../../../harness/pipeline/guest/gdb.ts';
import type { BootRequest, OpenGuest } from '../../../harness/pipeline/guest/guest.ts';
import { makeImage } from '../../../harness/pipeline/guest/image.ts';
import { restoreGuest, snapshotGuest } from '../../../harness/pipeline/guest/snapshot.ts';
import { flipUsedBytes } from '../../support/guest-memory.ts';
import { guestContext, kernelTimeoutMs, testKernels } from '../../support/kernels.ts';

/** Things that happen to guests of real kernels, and what is made of them. */

const kills = 20;
const kernels = testKernels();
const directory = await mkdtemp(path.join(os.tmpdir(), 'faults-'));
test.after.always(() => rm(directory, { recursive: true, force: true }));

const context = guestContext(directory);

for (const kernel of kernels) {
  const { target } = kernel;
  const snapshot = path.join(snapshotDirectory(context.cache), `${target.name}.state`);
  let base: BootRequest;
  let count = 0;

  test.before(`${target.name}: a snapshot`, async (t) => {
    t.timeout(kernelTimeoutMs);
    const image = await kernel.image();
    t.timeout(240_000);
    const { initramfs } = await makeImage({ target }, context);
    const logFile = path.join(directory, `${target.name}.log`);
    base = { target, kernel: { image }, initramfs, cpus: 1, memoryMiB: 256, logFile };
    await mkdir(path.dirname(snapshot), { recursive: true });
    await snapshotGuest(await bootRetrying(base, context), snapshot, context);
  });

  const restore = (deadlines: Partial<GuestDeadlines> = {}, more: Partial<BootRequest> = {}): Promise<OpenGuest> =>
    restoreGuest(
      { ...base, logFile: path.join(directory, `${target.name}-${++count}.log`), deadlines, ...more },
      snapshot,
      context,
    );

  const withGuest = async (
    action: (guest: OpenGuest) => Promise<void>,
    deadlines: Partial<GuestDeadlines> = {},
  ): Promise<void> => {
    const guest = await restore(deadlines);
    await action(guest).finally(() => guest.close());
  };

  const isModern = async (guest: OpenGuest): Promise<boolean> =>
    !/ version 2\.6\./.test(await guest.read('/proc/version'));

  const fault = (title: string, action: (t: ExecutionContext) => Promise<void>): void =>
    test.serial(`${target.name}: ${title}`, async (t) => {
      t.timeout(120_000);
      await action(t);
    });

  fault(`QEMU killed at ${kills} random moments is the machine’s fault each time`, async (t) => {
    const endings = new Map<string, number>();
    for (let round = 0; round < kills; round += 1) {
      const guest = await restore();
      const after = Math.round(Math.random() * 60);
      const work = (async (): Promise<never> => {
        for (;;) {
          await guest.run(['/bin/true']);
          await guest.read('/proc/version');
        }
      })();
      const caught = t.throwsAsync(work, { instanceOf: GuestGone }, `killed after ${after} ms`);
      await sleep(after);
      process.kill(guest.machine.qemu.pid, 'SIGKILL');
      const { ending } = await caught;
      endings.set(ending, (endings.get(ending) ?? 0) + 1);
      await guest.close();
    }
    t.log(`${kills} kills: ${[...endings].map(([ending, times]) => `${times} ${ending}`).join(', ')}`);
    t.deepEqual([...endings], [['host', kills]]);
  });

  fault('a QEMU that somebody stopped is no hanging kernel', (t) =>
    withGuest(
      async (guest) => {
        process.kill(guest.machine.qemu.pid, 'SIGSTOP');
        const error = await t.throwsAsync(guest.read('/proc/version'), { instanceOf: GuestGone });
        t.is(error.ending, 'host', error.message);
        t.regex(error.message, /but the machine is to blame: .*monitor did not answer/);
      },
      { callMs: 500 },
    ),
  );

  fault('an agent that dies takes the kernel down, and the report says so', (t) =>
    withGuest(async (guest) => {
      if (!(await isModern(guest))) {
        t.pass('nobody may write to the memory of another process there');
        return;
      }
      const code = /^([0-9a-f]+)-[0-9a-f]+ r-xp/m.exec(await guest.read('/proc/1/maps'));
      const memory = await guest.open('/proc/1/mem', 'rw');
      await memory.seek(Number.parseInt(code?.[1] ?? '', 16));
      const error = await t.throwsAsync(
        (async () => {
          for (;;) await memory.write(new Uint8Array(4096));
        })(),
        { instanceOf: GuestGone },
      );
      t.is(error.ending, 'crash', error.message);
      t.regex(error.message, /Attempted to kill init/);
    }),
  );

  fault('garbage, half frames and a flood on the agent’s line, in both directions, lose nothing', (t) =>
    withGuest(async (guest) => {
      const line = guest.machine.qemu.agent;
      const noise = await guest.fork();
      // The guest's own processes write into the middle of the agent's frames.
      const writing = noise.open('/.agent', 'w').then(async (file) => {
        for (let round = 0; round < 40; round += 1)
          await file.write(`>half ${'x'.repeat(1500)}=\n>dd\u0001~}${'>'.repeat(9)}`);
        await file.close();
      });
      for (let round = 0; round < 15; round += 1) {
        line.send(Buffer.from(`>half\u0001\n${'>'.repeat(round)}${'y'.repeat(4000)}\n>dddd`, 'latin1'));
        const stdout = await guest.sh(`echo round ${round}`);
        t.is(stdout, `round ${round}\n`);
      }
      await writing;
      t.regex(await guest.read('/proc/version'), /^Linux version/);
    }),
  );

  fault('a log that is flooded during commands hides no answer and no report', (t) =>
    withGuest(async (guest) => {
      const flood = guest.run({
        argv: ['sh', '-c', 'while :; do echo "<4>flood flood flood flood flood flood" >/dev/kmsg; done'],
        timeoutMs: 2500,
      });
      for (let round = 0; round < 10; round += 1) t.is(await guest.sh(`echo ${round}`), `${round}\n`);
      await guest.write('/dev/kmsg', '<3>WARNING: at kernel/quilt.c:55 quilt_count()\n');
      t.like(await flood, { timedOut: true });
      await guest.until('the report is there', () => Promise.resolve(guest.splats().length > 0), 30_000);
      if (await isModern(guest)) t.true(guest.log().filter((line) => line.includes('flood')).length > 20);
      t.is(guest.splats()[0]?.family, 'warn');
    }),
  );

  fault('a guest that reboots in the middle of a call is told from one that crashed', (t) =>
    withGuest(async (guest) => {
      const task = await guest.fork();
      const error = await t.throwsAsync(task.write('/proc/sysrq-trigger', 'b'), { instanceOf: GuestGone });
      t.is(error.ending, 'reboot', error.message);
    }),
  );

  fault('a call that never returns ends with where the guest is', (t) =>
    withGuest(
      async (guest) => {
        await guest.run(['mkfifo', '/tmp/fifo']);
        const task = await guest.fork();
        const error = await t.throwsAsync(task.read('/tmp/fifo'), { instanceOf: GuestGone });
        t.is(error.ending, 'hang', error.message);
        t.regex(error.message, /^read\("\/tmp\/fifo"\) did not end within 0\.7 s: the agent still answers; CPU 0 in /);
        // SysRq reaches old s390 kernels through a live agent only.
        if (target.name !== 's390x') t.regex(error.message, /\nno task is blocked\n/);
      },
      { callMs: 700 },
    ),
  );

  fault('a disk that is full while the log is written is no fault of the kernel', async (t) => {
    const guest = await restore({}, { logFile: '/dev/full' });
    await guest.write('/dev/kmsg', '<3>something to keep\n');
    await guest.waitForLog(/something to keep/);
    const error = await t.throwsAsync(guest.close(), { instanceOf: HostError });
    t.regex(error.message, /write \/dev\/full: .*ENOSPC/);
    await t.throwsAsync(bootStage({ ...base, logFile: '/dev/full' }, context), { instanceOf: HostError });
  });

  fault('a snapshot that no longer restores is replaced by boots, and thrown away', async (t) => {
    const notes: string[] = [];
    const emit: Emit = (event) => {
      if (event.type === 'note') notes.push(event.text);
    };
    const snapshots = path.join(directory, `${target.name}-broken`);
    const factory = await guestFactory({ ...base, snapshots }, { ...context, emit });
    const [state = ''] = (await readdir(snapshots)).filter((name) => name.endsWith('.state'));
    await writeFile(path.join(snapshots, state), 'no snapshot at all');
    for (let round = 0; round < 3; round += 1) {
      const guest = await factory.acquire();
      t.regex(await guest.read('/proc/version'), /^Linux version/);
      await guest.close();
    }
    t.is(factory.isolation, 'boot');
    t.deepEqual(
      (await readdir(snapshots)).filter((name) => name.endsWith('.state')),
      [],
    );
    t.is(notes.length, 3);
    t.regex(notes[0] ?? '', /could not be restored and is booted/);
    t.regex(notes[2] ?? '', /the snapshot is thrown away, every further guest is booted/);
    await factory.close();
  });

  for (const flips of [150]) {
    fault(`a snapshot with ${flips} bytes of its memory changed restores no guest, and is made again`, async (t) => {
      const notes: string[] = [];
      const emit: Emit = (event) => {
        if (event.type === 'note') notes.push(event.text);
      };
      const request = { ...base, snapshots: path.join(directory, `${target.name}-damaged-${flips}`) };
      const first = await guestFactory(request, { ...context, emit });
      t.is(first.isolation, 'snapshot');
      const [state = ''] = (await readdir(request.snapshots)).filter((name) => name.endsWith('.state'));
      await flipUsedBytes(memoryOf(path.join(request.snapshots, state)), flips);
      const booted = await first.acquire();
      t.regex(await booted.read('/proc/version'), /^Linux version/);
      t.regex(notes.join('\n'), /could not be restored and is booted: the snapshot .* was changed/);
      await first.close();
      const next = await guestFactory(request, { ...context, emit });
      t.regex(notes.at(-1) ?? '', /a snapshot is damaged, or of another version; it is made again/);
      t.is(next.isolation, 'snapshot');
      const restored = await next.acquire();
      t.like(await restored.run(['/bin/true']), { status: 0 });
      await next.close();
      t.is(notes.length, 2, notes.join('\n'));
    });
  }

  fault('the stub of a guest that waits for gdb answers, and gdb starts the guest', async (t) => {
    let told = '';
    await withGdb(
      { target, vmlinux: '/v/vmlinux' },
      (text) => {
        told = text;
      },
      async ({ gdb, deadlines }) => {
        const logFile = path.join(directory, `${target.name}-gdb.log`);
        const booting = bootRetrying({ ...base, logFile, gdb, deadlines }, context);
        const packet = (body: string): string => {
          const sum = [...Buffer.from(body)].reduce((total, byte) => (total + byte) & 255, 0);
          return `$${body}#${sum.toString(16).padStart(2, '0')}`;
        };
        const ask = async (body: string): Promise<string> => {
          for (let tries = 0; tries < 200; tries += 1) {
            const answer = await new Promise<string>((resolve) => {
              let seen = '';
              const socket = connect(gdb, () => socket.write(`+${packet(body)}`));
              socket.on('error', () => undefined);
              socket.on('close', () => resolve(''));
              socket.on('data', (chunk) => {
                seen += chunk.toString('latin1');
                // The answer may come behind its acknowledgement; to `c` there is none while the guest runs.
                if (body !== 'c' && !seen.includes('#')) return;
                resolve(seen);
                // Left open for `c`: gdb going away would be another event.
                if (body !== 'c') socket.destroy();
              });
            });
            if (answer !== '') return answer;
            await sleep(50);
          }
          return '';
        };
        t.regex(await ask('?'), /\$[TS]05/);
        await ask('c');
        const guest = await booting;
        t.regex(await guest.read('/proc/version'), /^Linux version/);
        await guest.close();
      },
    );
    t.true(told.includes(`-ex 'target remote `));
    t.true(told.includes('/v/vmlinux'));
    t.true(
      told.includes(target.name === 's390x' ? "gdb-multiarch /v/vmlinux -ex 'set architecture s390:64-bit'" : 'gdb /v'),
    );
  });
}
