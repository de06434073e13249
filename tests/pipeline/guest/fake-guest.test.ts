import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { cachePaths } from '../../../harness/host/files/paths.ts';
import {
  type BootTarget,
  type Context,
  type Event,
  GuestGone,
  HostError,
  InterruptedError,
} from '../../../harness/model/index.ts';
import { bootStage } from '../../../harness/pipeline/guest/boot.ts';
import { guestFactory } from '../../../harness/pipeline/guest/factory.ts';
import { type BootRequest, bootGuest } from '../../../harness/pipeline/guest/guest.ts';
import { x86_64 } from '../../../harness/targets/index.ts';
import { fakeQemu } from '../../support/fake-qemu.ts';

const fake = await fakeQemu();
const target: BootTarget = { ...x86_64, qemu: { ...x86_64.qemu, binary: fake } };

interface World {
  readonly request: (scenario: string, deadlines?: BootRequest['deadlines']) => BootRequest;
  readonly context: Context;
  readonly events: Event[];
  readonly logFile: string;
}

async function withWorld(t: ExecutionContext, action: (world: World) => Promise<void>): Promise<void> {
  t.timeout(120_000);
  const directory = await mkdtemp(path.join(os.tmpdir(), 'fake-guest-'));
  const events: Event[] = [];
  const logFile = path.join(directory, 'console.log');
  const context: Context = {
    cache: cachePaths({}, directory),
    emit: (event) => events.push(event),
    signal: new AbortController().signal,
    jobs: 1,
    guests: 1,
    fresh: false,
  };
  const request: World['request'] = (scenario, deadlines = {}) => ({
    target,
    kernel: { image: fake },
    initramfs: fake,
    cpus: 1,
    memoryMiB: 64,
    commandLine: [`fake=${scenario}`],
    logFile,
    deadlines,
  });
  try {
    await action({ request, context, events, logFile });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('a guest that is well passes, and its log is kept', (t) =>
  withWorld(t, async ({ request, context, logFile }) => {
    const result = await bootStage(request('well'), context);
    t.is(result.outcome, 'pass');
    t.deepEqual(result.splats, []);
    t.true((result.bootMs ?? 0) > 0);
    t.regex(await readFile(logFile, 'utf8'), /Linux version 6\.1\.0 \(fake\)/);
  }));

test('noise and half frames on the agent’s line hide no answer', (t) =>
  withWorld(t, async ({ request, context }) => {
    t.is((await bootStage(request('noise'), context)).outcome, 'pass');
  }));

test('100 MB of garbage on the agent’s line hide no answer', (t) =>
  withWorld(t, async ({ request, context }) => {
    const guest = await bootGuest(request('gush', { callMs: 60_000 }), context);
    try {
      for (let call = 0; call < 5; call++) await guest.chdir('/');
      await guest.waitForLog(/gushed/, 90_000);
      t.like(await guest.run(['/bin/true']), { status: 0 });
    } finally {
      await guest.close();
    }
  }));

test('a kernel that prints nothing is a time-out of the kernel', (t) =>
  withWorld(t, async ({ request, context }) => {
    const result = await bootStage(request('silent', { firstOutputMs: 1500 }), context);
    t.is(result.outcome, 'timeout');
    t.is(result.cause?.blame, 'kernel');
    t.regex(result.cause?.summary ?? '', /printed nothing within 1\.5 s: CPU 0 in 0xffffffff81000010/);
  }));

test('a panic at once is a crash with the lines that show it', (t) =>
  withWorld(t, async ({ request, context }) => {
    const result = await bootStage(request('panic'), context);
    t.is(result.outcome, 'crash');
    t.regex(result.cause?.summary ?? '', /does not boot: panic: no root file system/);
    t.true(result.cause?.excerpt.some((line) => line.includes('Unable to mount root fs')));
  }));

test('a kernel that boots for ever is a crash that says so', (t) =>
  withWorld(t, async ({ request, context }) => {
    const result = await bootStage(request('reboot'), context);
    t.is(result.outcome, 'crash');
    t.regex(result.cause?.summary ?? '', /booted again/);
  }));

test('of 50 MB on the console the log keeps both ends, and the guest is judged by what it does', (t) =>
  withWorld(t, async ({ request, context, logFile }) => {
    const result = await bootStage(request('flood', { bootMs: 100_000 }), context);
    t.is(result.outcome, 'pass');
    t.true((await stat(logFile)).size < 12_000_000);
    const log = await readFile(logFile, 'utf8');
    t.regex(log, /\[quiltboot: \d+ of 5\d{7} bytes of this log are left out here\]/);
    t.regex(log.slice(-200), /the last line/);
  }));

test('a guest that floods its log delays no other', (t) =>
  withWorld(t, async ({ request, context, logFile }) => {
    const well = await bootGuest({ ...request('well'), logFile: `${logFile}.well` }, context);
    const flood = bootStage(request('flood', { bootMs: 100_000 }), context);
    let over = false;
    void flood.finally(() => {
      over = true;
    });
    const waits: number[] = [];
    while (!over) {
      const asked = performance.now();
      await well.chdir('/');
      waits.push(performance.now() - asked);
      await sleep(20);
    }
    await well.close();
    t.is((await flood).outcome, 'pass');
    // Far below the shortest deadline of a call, also on a machine that has other things to do.
    t.true(Math.max(...waits) < 2000, `the longest of ${waits.length} calls took ${Math.max(...waits).toFixed(0)} ms`);
    t.log(`the longest of ${waits.length} calls took ${Math.max(...waits).toFixed(0)} ms`);
  }));

test('a guest that switches itself off has not booted', (t) =>
  withWorld(t, async ({ request, context }) => {
    const result = await bootStage(request('exit'), context);
    t.is(result.outcome, 'crash');
    t.regex(result.cause?.summary ?? '', /switched itself off/);
  }));

test('QEMU killed from outside is the machine’s fault: tried again, then a host error', (t) =>
  withWorld(t, async ({ request, context, events }) => {
    const error = await t.throwsAsync(bootStage(request('killed'), context), { instanceOf: HostError });
    t.regex(error.message, /tried several times: QEMU was ended by SIGKILL from outside/);
    t.is(events.filter((event) => event.type === 'note').length, 2);
  }));

test('a QEMU that does not like its arguments is a host error with what it says', (t) =>
  withWorld(t, async ({ request, context }) => {
    const error = await t.throwsAsync(bootStage(request('usage'), context), { instanceOf: HostError });
    t.regex(error.message, /ended with status 1 before it was ready/);
    t.regex(error.hint ?? '', /no such amount of memory/);
  }));

test('a QEMU that is not there is a host error that says what to do', (t) =>
  withWorld(t, async ({ request, context }) => {
    const nowhere = { ...target, qemu: { ...target.qemu, binary: 'qemu-system-nowhere' } };
    const error = await t.throwsAsync(bootStage({ ...request('well'), target: nowhere }, context), {
      instanceOf: HostError,
    });
    t.regex(error.message, /qemu-system-nowhere: command not found/);
    t.regex(error.hint ?? '', /quiltboot doctor/);
  }));

test('a guest that stops answering in the middle of a case is a hang with its last words', (t) =>
  withWorld(t, async ({ request, context }) => {
    const guest = await bootGuest(request('hang', { callMs: 1000 }), context);
    try {
      const error = await t.throwsAsync(
        (async () => {
          for (let call = 0; call < 10; call++) await guest.chdir('/');
        })(),
        { instanceOf: GuestGone },
      );
      t.is(error.ending, 'hang');
      t.regex(error.message, /chdir\("\/"\) did not end within 1 s: the agent does not answer either/);
      t.regex(error.message, /the log ends with:\n.*Linux version/);
      await t.throwsAsync(guest.read('/proc/version'), { is: error });
    } finally {
      await guest.close();
    }
  }));

test('an interruption ends the guest at once', (t) =>
  withWorld(t, async ({ request, context }) => {
    const stop = new AbortController();
    const guest = await bootGuest(request('hang'), { signal: stop.signal });
    const { pid } = guest.machine.qemu;
    const waiting = guest.waitForLog(/never/, 60_000);
    stop.abort();
    await t.throwsAsync(waiting, { instanceOf: InterruptedError });
    await guest.close();
    t.throws(() => process.kill(pid, 0), { code: 'ESRCH' });
    await t.throwsAsync(bootStage(request('well'), { ...context, signal: stop.signal }), {
      instanceOf: InterruptedError,
    });
  }));

test('where no snapshot can be made every guest is booted, and a note says why', (t) =>
  withWorld(t, async ({ request, context, events }) => {
    const snapshots = path.join(context.cache.root, 'snapshots');
    const factory = await guestFactory({ ...request('well'), snapshots }, context);
    t.is(factory.isolation, 'boot');
    const notes = events.flatMap((event) => (event.type === 'note' ? [event.text] : []));
    t.regex(notes.join('\n'), /every case boots its own/);
    const guest = await factory.acquire();
    t.is(guest.pid, 21);
    await factory.close();
  }));

test('a guest that hangs is examined once, however many ask at the same time', async (t) => {
  await withWorld(t, async ({ request, context }) => {
    const guest = await bootGuest(request('well'), context);
    const ask = (): Promise<GuestGone> =>
      guest.examine?.('the case did not end') ?? Promise.reject(new Error('cannot'));
    const gone = [...(await Promise.all([ask(), ask()])), await ask()];
    t.deepEqual(
      gone.map(({ ending }) => ending),
      ['hang', 'hang', 'hang'],
    );
    await guest.close();
  });
});
