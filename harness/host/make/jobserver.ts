import { constants, openSync, readSync, writeSync } from 'node:fs';
import path from 'node:path';
import { InterruptedError } from '../../model/index.ts';
import { makeScratch } from '../files/scratch.ts';
import { mustRun } from '../process.ts';

/** Leave to run one make, which takes further jobs from the pool as they become free. */
export interface JobSlot {
  /** The two ends of the pool's pipe; the make gets them as descriptors 3 and 4, as its environment says. */
  readonly descriptors: readonly [number, number];
  release(): void;
}

/** `MAKEFLAGS` for a make that gets a {@link JobSlot}'s descriptors. */
export function jobserverFlags(jobs: number): string {
  return ` -j${jobs} --jobserver-auth=3,4`;
}

const token = Buffer.from('+');

/**
 * The job server of GNU make (its manual, "POSIX Jobserver Interaction"): a pipe with a byte for each job that may run.
 * Makes that share one run no more jobs together than there are bytes, and one that is alone gets them all.
 */
class JobPool {
  private readonly jobs: number;
  private readonly own: number;
  private readonly descriptors: readonly [number, number];
  private readonly waiting: (() => void)[] = [];
  private active = 0;

  /** @param own the pipe, opened so that reading doesn't block; `descriptors` are the ends that makes get. */
  constructor(jobs: number, own: number, descriptors: readonly [number, number]) {
    this.jobs = jobs;
    this.own = own;
    this.descriptors = descriptors;
  }

  async enter(signal: AbortSignal): Promise<JobSlot> {
    if (signal.aborted) throw new InterruptedError();
    // A make that was killed took its bytes with it.
    if (this.active === 0) this.refill();
    if (!this.take()) await this.turn(signal);
    this.active += 1;
    let released = false;
    return {
      descriptors: this.descriptors,
      release: () => {
        if (released) return;
        released = true;
        this.active -= 1;
        const next = this.waiting.shift();
        if (next) next();
        else this.give(token);
      },
    };
  }

  private take(): boolean {
    try {
      return readSync(this.own, Buffer.alloc(1)) === 1;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return false;
      throw error;
    }
  }

  /** Puts bytes into the pipe. What runs below a make may have filled it: then there is no want of them. */
  private give(bytes: Uint8Array): void {
    try {
      writeSync(this.own, bytes);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    }
  }

  private refill(): void {
    while (this.take());
    this.give(Buffer.alloc(this.jobs, token));
  }

  /** A make that ends hands its first job on to whoever waits here; the pipe would give it to another make's compiler. */
  private turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const onAbort = (): void => {
        this.waiting.splice(this.waiting.indexOf(go), 1);
        reject(new InterruptedError());
      };
      const go = (): void => {
        signal.removeEventListener('abort', onAbort);
        resolve();
      };
      this.waiting.push(go);
      signal.addEventListener('abort', onAbort, { once: true });
    });
  }
}

const pools = new Map<number, Promise<JobPool>>();

async function openPool(jobs: number): Promise<JobPool> {
  const directory = await makeScratch({ purpose: 'jobs' });
  try {
    const pipe = path.join(directory.path, 'jobs');
    await mustRun({ argv: ['mkfifo', pipe] }, 'making a pipe for the job server');
    // Opened for reading and writing, a FIFO waits for nobody; only our own end may not block.
    const ends = [openSync(pipe, constants.O_RDWR), openSync(pipe, constants.O_RDWR)] as const;
    return new JobPool(jobs, openSync(pipe, constants.O_RDWR | constants.O_NONBLOCK), ends);
  } finally {
    await directory.remove();
  }
}

/**
 * Waits until one of this program's `jobs` compiler jobs is free and takes it for a make.
 *
 * @throws InterruptedError when the signal asked to stop
 */
export async function enterJobserver(jobs: number, signal: AbortSignal): Promise<JobSlot> {
  let pool = pools.get(jobs);
  if (!pool) {
    pool = openPool(jobs);
    pools.set(jobs, pool);
    pool.catch(() => pools.delete(jobs));
  }
  return (await pool).enter(signal);
}
