import path from 'node:path';
import { type Lock, takeLock } from '../host/files/lock.ts';
import type { Context } from '../model/index.ts';

export interface LockWords {
  /** Names the lock in the cache, for every process of every version. */
  readonly name: string;
  /** What the holder does, for whoever waits: `preparing linux-6.1`. */
  readonly purpose: string;
}

type Surroundings = Pick<Context, 'cache' | 'emit' | 'signal'>;

/** Says whom a process waits for. */
export function waiting({ emit }: Pick<Context, 'emit'>): (holder: string) => void {
  return (holder) => emit({ type: 'note', level: 'info', text: `waiting for another quiltboot: ${holder}` });
}

/** Takes a lock of the cache, and says so when it has to wait for another process. Throws InterruptedError. */
export async function lock(context: Surroundings, { name, purpose }: LockWords): Promise<Lock> {
  const file = path.join(context.cache.locks, `${name}.lock`);
  return await takeLock({ file, purpose, signal: context.signal, onWait: waiting(context) });
}

/** Runs an action while no other process has the lock of that name. */
export async function locked<T>(context: Surroundings, words: LockWords, action: () => Promise<T>): Promise<T> {
  const held = await lock(context, words);
  try {
    return await action();
  } finally {
    await held.release();
  }
}
