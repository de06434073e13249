import { closeSync, constants, openSync, writeSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import test from 'ava';
import { enterJobserver, jobserverFlags } from '../../../harness/host/make/jobserver.ts';
import { runProcess } from '../../../harness/host/process.ts';
import { plainArguments } from '../../../harness/host/sandbox/request.ts';
import { InterruptedError } from '../../../harness/model/index.ts';

const never = new AbortController().signal;

/** Runs makes of six jobs each, side by side; resolves with the most jobs that ran at once. */
async function mostAtOnce(jobs: number, makes: number): Promise<number> {
  const directory = await mkdtemp(path.join(tmpdir(), 'quiltboot-jobs-'));
  try {
    const jobNames = 'a b c d e f';
    const recipe = '\t@echo begin >>marks; sleep 0.1; echo end >>marks';
    await writeFile(path.join(directory, 'Makefile'), `all: ${jobNames}\n${jobNames}:\n${recipe}\n`);
    const make = async (): Promise<void> => {
      const slot = await enterJobserver(jobs, never);
      try {
        const env = { PATH: '/usr/bin:/bin', MAKEFLAGS: jobserverFlags(jobs) };
        const argv = plainArguments({ argv: ['make', '-C', directory, '--output-sync=target'], env });
        const end = await runProcess({ argv, descriptors: slot.descriptors });
        if (end.exitCode !== 0 || /warning/.test(end.stdout)) throw new Error(end.stdout);
      } finally {
        slot.release();
      }
    };
    await Promise.all(Array.from({ length: makes }, make));
    let now = 0;
    let most = 0;
    for (const mark of (await readFile(path.join(directory, 'marks'), 'utf8')).trim().split('\n')) {
      now += mark === 'begin' ? 1 : -1;
      most = Math.max(most, now);
    }
    return most;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

test('makes side by side share the jobs, and one alone has them all', async (t) => {
  t.is(await mostAtOnce(1, 2), 1);
  t.is(await mostAtOnce(3, 1), 3);
  t.is(await mostAtOnce(3, 2), 3);
  t.is(await mostAtOnce(2, 3), 2, 'a make waits for its first job');
});

test('a make that takes its jobs to the grave leaves none missing for the next', async (t) => {
  const slot = await enterJobserver(4, never);
  const [pipe] = slot.descriptors;
  const end = await runProcess({ argv: ['sh', '-c', 'head -c 2 <&3 >/dev/null'], descriptors: [pipe] });
  t.is(end.exitCode, 0);
  slot.release();
  t.is(await mostAtOnce(4, 1), 4);
});

test('an interruption ends the waiting for a job and leaves the turn to the next', async (t) => {
  const jobs = 5;
  const slots = await Promise.all(Array.from({ length: jobs }, () => enterJobserver(jobs, never)));
  const stop = new AbortController();
  const waiting = enterJobserver(jobs, stop.signal);
  const next = enterJobserver(jobs, never);
  stop.abort();
  await t.throwsAsync(waiting, { instanceOf: InterruptedError });
  slots[0]?.release();
  slots[0]?.release();
  (await next).release();
  for (const slot of slots) slot.release();
});

test('a pool that something below a make has filled to the brim takes a job back, and begins again', async (t) => {
  const slot = await enterJobserver(5, never);
  const brim = openSync(`/proc/self/fd/${slot.descriptors[1]}`, constants.O_WRONLY | constants.O_NONBLOCK);
  t.throws(
    () => {
      for (;;) writeSync(brim, Buffer.alloc(1));
    },
    { code: 'EAGAIN' },
  );
  closeSync(brim);
  t.notThrows(() => slot.release());
  const next = await enterJobserver(5, never);
  next.release();
});
