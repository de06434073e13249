import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type * as bullmq from 'bullmq';
import type { Redis } from 'ioredis';
import { HostError, UserError } from '../model/index.ts';

/** How a queue waits, in milliseconds. */
export interface QueueTimes {
  /** How long Redis may be gone until it is gone for good. */
  readonly patience: number;
  /** How long a job stays with a worker that is not heard of. */
  readonly lock: number;
}

export const queueTimes: QueueTimes = { patience: 30_000, lock: 15_000 };

/** How often a job may be taken from workers that were not heard of, before it is given up. */
const mostStalled = 3;
const keepSeconds = 24 * 3600;
const cardSeconds = 20;
/** Most time that an orderly end may take, in milliseconds. */
const closeMs = 1000;
const prefix = 'quiltboot';

/** A job that is to be done, or is done; its data is what a stranger may have written. */
interface QueuedJob {
  readonly id: string;
  readonly data: unknown;
}

/** What became of a job. */
interface JobEnd extends QueuedJob {
  /** What the worker that did it has to say; undefined where none could. */
  readonly value?: unknown;
  /** Why it was given up. */
  readonly failed?: string;
}

/** A job that is ours until it is handed back, or the lock is lost. */
export interface TakenJob extends QueuedJob {
  /** Aborted when the lock is lost: somebody else does the job, and what we have of it is thrown away. */
  readonly lost: AbortSignal;
  /** Each ends our hold of it; false where that was lost before. */
  done(value: unknown): Promise<boolean>;
  fail(reason: string): Promise<boolean>;
  /** Gives it to whoever asks next, after a while in milliseconds. */
  putBack(data: unknown, afterMs: number): Promise<boolean>;
}

/** One end of the queue, whichever. */
export interface QueueLink {
  /** Adds a job unless one of its id waits or is done right now; one that has ended is done again. */
  push(queue: string, job: QueuedJob): Promise<void>;
  /** The end of a job; undefined as long as it has none. Its data may have changed since it was pushed. */
  end(queue: string, id: string): Promise<JobEnd | undefined>;
  /** The job as it waits; undefined where it is not there. */
  look(queue: string, id: string): Promise<QueuedJob | undefined>;
  /** Takes a job out of the queue, unless somebody does it right now. */
  drop(queue: string, id: string): Promise<void>;
  take(queue: string): Promise<TakenJob | undefined>;
  /** Says for a while who we are; to be repeated. */
  announce(id: string, card: unknown): Promise<void>;
  retire(id: string): Promise<void>;
  /** What those who work here say of themselves. */
  cards(): Promise<unknown[]>;
  /** Rejects with a HostError when Redis is gone for good; never resolves. */
  readonly gone: Promise<never>;
  close(): Promise<void>;
}

async function load(): Promise<{ readonly bull: typeof bullmq; readonly redis: { readonly Redis: typeof Redis } }> {
  try {
    return { bull: await import('bullmq'), redis: await import('ioredis') };
  } catch (error) {
    throw new HostError('a queue needs the packages bullmq and ioredis, which are not installed', {
      code: 'QB-TOOL',
      cause: error,
      hint: 'npm install bullmq ioredis',
    });
  }
}

/** Without the password. */
function shown(url: string): string {
  const parsed = new URL(url);
  if (parsed.password !== '') parsed.password = '…';
  return parsed.href;
}

function checkUrl(url: string): void {
  if (URL.canParse(url) && /^rediss?:$/.test(new URL(url).protocol)) return;
  throw new UserError(`--queue ${url}: expected the address of a Redis`, {
    code: 'QB-USAGE',
    hint: 'for instance redis://host:6379, or rediss:// with TLS',
  });
}

/** Counts from when a connection broke until it is there again. */
function watchFor(connection: Redis, place: string, patience: number): { gone: Promise<never>; stop: () => void } {
  let since: number | undefined = performance.now();
  connection.on('ready', () => (since = undefined));
  connection.on('close', () => (since ??= performance.now()));
  // Each try that fails is an event; without a listener it would end the program.
  connection.on('error', () => undefined);
  let timer: NodeJS.Timeout | undefined;
  const gone = new Promise<never>((_resolve, reject) => {
    timer = setInterval(() => {
      if (since === undefined || performance.now() - since < patience) return;
      clearInterval(timer);
      reject(
        new HostError(`the Redis at ${place} does not answer, for ${Math.round(patience / 1000)} s`, {
          code: 'QB-REDIS',
          retryable: true,
          hint: 'look at the server, and run the same command again: what is done is not done twice',
        }),
      );
    }, 200);
  });
  gone.catch(() => undefined);
  return { gone, stop: () => clearInterval(timer) };
}

/** A Redis that forgets jobs to make room would lose them without a word. */
async function checkPolicy(connection: Redis, place: string): Promise<void> {
  const policy = /^maxmemory_policy:(\S+)/m.exec(await connection.info('memory'))?.[1];
  if (policy === 'noeviction') return;
  throw new HostError(`the Redis at ${place} may forget jobs: its maxmemory-policy is ${policy ?? 'unknown'}`, {
    code: 'QB-REDIS',
    hint: 'expected noeviction: redis-cli config set maxmemory-policy noeviction',
  });
}

/**
 * Connects to a queue on a Redis.
 *
 * @throws UserError for what is no address, HostError where Redis does not answer or may forget jobs
 */
export async function connectQueue(url: string, { patience, lock }: QueueTimes = queueTimes): Promise<QueueLink> {
  checkUrl(url);
  const { bull, redis } = await load();
  const place = shown(url);
  const connect = (): Redis =>
    new redis.Redis(url, { maxRetriesPerRequest: null, retryStrategy: (times) => Math.min(1000, 100 * times) });
  const connection = connect();
  const watch = watchFor(connection, place, patience);
  const orGone = <T>(work: Promise<T>): Promise<T> => Promise.race([work, watch.gone]);
  const queues = new Map<string, bullmq.Queue>();
  const takers = new Map<string, Promise<bullmq.Worker>>();
  const options = { connection, prefix };

  const queueOf = (name: string): bullmq.Queue => {
    const there = queues.get(name) ?? new bull.Queue(name, options);
    if (!queues.has(name)) there.on('error', () => undefined);
    queues.set(name, there);
    return there;
  };
  const takerOf = (name: string): Promise<bullmq.Worker> => {
    const there = takers.get(name) ?? openTaker(bull, name, { ...options, lock });
    takers.set(name, there);
    return there;
  };
  const close = async (): Promise<void> => {
    watch.stop();
    // Without a Redis nothing ends in order, so it is not waited for.
    const all = [
      ...[...takers.values()].map(async (taker) => (await taker).close(true)),
      ...[...queues.values()].map((queue) => queue.close()),
    ];
    await Promise.race([Promise.allSettled(all), delay(closeMs, undefined, { ref: false })]);
    connection.disconnect();
  };
  try {
    await orGone(checkPolicy(connection, place));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    gone: watch.gone,
    async push(name, { id, data }) {
      const queue = queueOf(name);
      const before = await orGone(queue.getJob(id));
      if (before && ['completed', 'failed'].includes(await orGone(before.getState()))) await orGone(before.remove());
      const kept = { age: keepSeconds };
      await orGone(queue.add('chain', data, { jobId: id, removeOnComplete: kept, removeOnFail: kept }));
    },
    async end(name, id) {
      const job = await orGone(queueOf(name).getJob(id));
      if (!job?.finishedOn) return undefined;
      const data = job.data as unknown;
      return job.failedReason
        ? { id, data, failed: job.failedReason }
        : { id, data, value: job.returnvalue as unknown };
    },
    async look(name, id) {
      const job = await orGone(queueOf(name).getJob(id));
      return job ? { id, data: job.data as unknown } : undefined;
    },
    async drop(name, id) {
      const job = await orGone(queueOf(name).getJob(id));
      await job?.remove().catch(() => undefined);
    },
    async take(name) {
      const token = randomUUID();
      const job = (await orGone((await takerOf(name)).getNextJob(token, { block: false }))) as bullmq.Job | undefined;
      return job?.id === undefined ? undefined : holdJob(job, { id: job.id, token, lock });
    },
    async announce(id, card) {
      await orGone(connection.set(`${prefix}:machine:${id}`, JSON.stringify(card), 'EX', cardSeconds));
    },
    async retire(id) {
      if (connection.status === 'ready') await connection.del(`${prefix}:machine:${id}`);
    },
    async cards() {
      const keys = await orGone(connection.keys(`${prefix}:machine:*`));
      const texts = keys.length === 0 ? [] : await orGone(connection.mget(keys));
      return texts.flatMap((text) => (text === null ? [] : [JSON.parse(text) as unknown]));
    },
    close,
  };
}

async function openTaker(
  bull: typeof bullmq,
  name: string,
  { connection, lock, prefix: word }: { readonly connection: Redis; readonly lock: number; readonly prefix: string },
): Promise<bullmq.Worker> {
  const worker = new bull.Worker(name, undefined, {
    ...{ connection, prefix: word, autorun: false, lockDuration: lock },
    ...{ stalledInterval: Math.ceil(lock / 3), maxStalledCount: mostStalled },
  });
  worker.on('error', () => undefined);
  await worker.startStalledCheckTimer();
  return worker;
}

/** Keeps the lock of a job as long as it is ours. */
function holdJob(
  job: bullmq.Job,
  { id, token, lock }: { readonly id: string; readonly token: string; readonly lock: number },
): TakenJob {
  const lost = new AbortController();
  let kept = Date.now();
  const timer = setInterval(() => {
    // A lock that was not renewed in time may be somebody else's by now, whatever Redis says next.
    if (Date.now() - kept > lock) lost.abort();
    void job.extendLock(token, lock).then(
      (ok) => {
        if (ok === 1) kept = Date.now();
        else lost.abort();
      },
      () => undefined,
    );
  }, lock / 4);
  const finish = async (action: () => Promise<unknown>): Promise<boolean> => {
    clearInterval(timer);
    if (lost.signal.aborted || Date.now() - kept > lock) return false;
    return await action().then(
      () => true,
      () => false,
    );
  };
  return {
    id,
    data: job.data as unknown,
    lost: lost.signal,
    done: (value) => finish(() => job.moveToCompleted(value, token, false)),
    fail: (reason) => finish(() => job.moveToFailed(new Error(reason), token, false)),
    putBack: (data, afterMs) =>
      finish(async () => {
        await job.updateData(data);
        await job.moveToDelayed(Date.now() + afterMs, token);
      }),
  };
}
