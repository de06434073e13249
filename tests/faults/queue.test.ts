/** Runs over a queue while workers, their Redis and the network fail. */
import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import { detail, long } from '../support/detail.ts';
import { matrixProject, matrixWords } from '../support/disturbed.ts';
import { needing } from '../support/needing.ts';
import { changeSched, fakeProject, latestRun, mail, type Place, schedLine } from '../support/program.ts';
import { hasRedis, redisServer } from '../support/redis.ts';
import { lasting, type QueuedPlace, queuedPlace, signalAll, type Worker } from '../support/workers.ts';

const second = 'say("log sched: set");';
/** One good patch, and one that brings a warning. */
const patches = {
  'one.patch': mail('say more', changeSched(schedLine, second)),
  'two.patch': mail('warn', changeSched(second, 'static int unused_thing;', second)),
};

const redis = needing('redis-server', hasRedis);
/** What takes half a minute and more, with two workers each. */
const slowly: typeof redis = long ? needing('redis-server', hasRedis, test.serial) : detail;

async function filesOf(directory: string): Promise<string[]> {
  return (await readdir(directory, { recursive: true }).catch(() => [])).sort();
}

slowly('a run over a queue says what a run of one machine does, with its exit status', async (t) => {
  t.timeout(10 * 60_000);
  const project = await fakeProject(t, patches);
  const queued = await queuedPlace(t, project, (await redisServer(t)).url);
  await queued.worker();
  const ended = await queued.place.run('build', '--keep-going', ...queued.words);
  t.is(ended.code, 1, ended.err);
  const over = await latestRun(project);
  const alone = await project.run('build', '--keep-going');
  t.is(alone.code, 1, alone.err);
  t.deepEqual(lasting(over), lasting(await latestRun(project)));
});

redis("a Redis that may forget jobs is refused, and one that is not there is the machine's fault", async (t) => {
  t.timeout(3 * 60_000);
  const project = await fakeProject(t, patches);
  const forgetful = await redisServer(t, '--maxmemory-policy', 'allkeys-lru');
  const refused = await queuedPlace(t, project, forgetful.url, 2);
  const ended = await refused.place.run('build', ...refused.words);
  t.is(ended.code, 69, ended.err);
  t.regex(ended.err, /maxmemory-policy is allkeys-lru/);
  t.regex(ended.err, /noeviction/);
  const worker = await (await refused.worker()).ended;
  t.is(worker.code, 69, worker.err);
  t.regex(worker.err, /maxmemory-policy is allkeys-lru/);
  await forgetful.stop();
  const gone = await refused.place.run('build', ...refused.words);
  t.is(gone.code, 69, gone.err);
  t.regex(gone.err, /redis:\/\/127\.0\.0\.1:\d+.*for 2 s/);
});

/** A matrix over a queue with two workers, and what one machine makes of it. */
async function twoWorkers(
  t: ExecutionContext,
  url: string,
  patience?: number,
): Promise<{ readonly project: Place; readonly queued: QueuedPlace; readonly workers: readonly [Worker, Worker] }> {
  t.timeout(20 * 60_000);
  const project = await matrixProject(t);
  const queued = await queuedPlace(t, project, url, patience);
  return { project, queued, workers: [await queued.worker(), await queued.worker()] };
}

/** Waits until a worker builds something. */
async function untilBusy(...workers: readonly Worker[]): Promise<Worker> {
  for (;;) {
    for (const worker of workers) {
      if ((await filesOf(path.join(worker.cache, 'cache', 'builds'))).length > 0) return worker;
    }
    await sleep(100);
  }
}

async function mustEqualAlone(t: ExecutionContext, project: Place): Promise<void> {
  const over = await latestRun(project);
  const alone = await project.run(...matrixWords);
  t.is(alone.code, 0, alone.err);
  t.deepEqual(lasting(over), lasting(await latestRun(project)));
}

slowly('a worker that is killed: another one does its chain', async (t) => {
  const { project, queued, workers } = await twoWorkers(t, (await redisServer(t)).url);
  const run = queued.place.start(...matrixWords, ...queued.words);
  const victim = await untilBusy(...workers);
  await signalAll(victim, 'SIGKILL');
  const killed = performance.now();
  const { code, err } = await run.ended;
  t.is(code, 0, err);
  t.log(`ended ${Math.round((performance.now() - killed) / 1000)} s after the kill`);
  await mustEqualAlone(t, project);
});

slowly('a worker that is stopped for 40 s: another one does its chain, and there is one result', async (t) => {
  const { project, queued, workers } = await twoWorkers(t, (await redisServer(t)).url);
  const run = queued.place.start(...matrixWords, ...queued.words);
  const victim = await untilBusy(...workers);
  await signalAll(victim, 'SIGSTOP');
  await sleep(40_000);
  await signalAll(victim, 'SIGCONT');
  const { code, err } = await run.ended;
  t.is(code, 0, err);
  const chains = (await filesOf(path.join(project.directory, 'shared'))).filter((name) =>
    /\/chain\/[0-9a-f]{64}$/.test(name),
  );
  t.is(chains.length, new Set(chains.map((name) => path.basename(name))).size);
  await mustEqualAlone(t, project);
});

slowly('a Redis that starts again with its file: the run goes to its end', async (t) => {
  const server = await redisServer(t);
  const { project, queued, workers } = await twoWorkers(t, server.url);
  const run = queued.place.start(...matrixWords, ...queued.words);
  await untilBusy(...workers);
  await server.stop();
  await sleep(3000);
  await server.start();
  const { code, err } = await run.ended;
  t.is(code, 0, err);
  await mustEqualAlone(t, project);
});

slowly('a Redis that is gone for good: 69 with a sentence, and what was done is taken over later', async (t) => {
  const server = await redisServer(t);
  const { project, queued, workers } = await twoWorkers(t, server.url, 5);
  const run = queued.place.start(...matrixWords, ...queued.words);
  const built = async (): Promise<boolean> =>
    (await filesOf(path.join(project.directory, 'shared'))).some((name) => /\/build\/[0-9a-f]{64}$/.test(name));
  while (!(await built())) await sleep(100);
  await server.stop();
  const { code, err } = await run.ended;
  t.is(code, 69, err);
  t.regex(err, /the Redis at .* does not answer/);
  for (const worker of workers) t.is((await worker.ended).code, 69);
  t.true(await built(), 'kernels that were built stay in the store');
  await server.start();
  await queued.worker();
  const again = await queued.place.run(...matrixWords, ...queued.words);
  t.is(again.code, 0, again.err);
  await mustEqualAlone(t, project);
});
