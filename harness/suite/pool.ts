import PQueue from 'p-queue';
import type { Guest } from '../model/index.ts';
import type { GuestSource } from '../pipeline/suite/services.ts';
import type { Case } from './registry.ts';

/** Hands guests to cases: never more at once than allowed, and one after the other where cases share a guest. */
export interface GuestPool {
  /** Waits for the case's turn. */
  withSlot<T>(each: Case, action: () => Promise<T>): Promise<T>;
  /** Runs an action with a guest as the case wants it; the guest is closed afterwards unless it is shared. */
  withGuest<T>(each: Case, action: (guest: Guest) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export function createPool(source: GuestSource, guests: number): GuestPool {
  const slots = new PQueue({ concurrency: Math.max(1, guests) });
  /** By suite: the line of its sharing cases, and the guest that they share. */
  const lines = new Map<string, PQueue>();
  const shared = new Map<string, Guest>();

  const lineOf = (suite: string): PQueue => {
    const line = lines.get(suite) ?? new PQueue({ concurrency: 1 });
    lines.set(suite, line);
    return line;
  };
  const forget = async (suite: string): Promise<void> => {
    const guest = shared.get(suite);
    shared.delete(suite);
    await guest?.close();
  };
  /** A shared guest lives while nothing bad was seen of it. */
  const isWell = async (guest: Guest): Promise<boolean> =>
    guest.splats().every((splat) => splat.severity === 'coverage') && (await guest.exists('/').catch(() => false));

  return {
    withSlot(each, action) {
      const take = <U>(what: () => Promise<U>): Promise<U> => slots.add(what);
      return each.isolation === 'shared' ? lineOf(each.suite).add(() => take(action)) : take(action);
    },
    async withGuest(each, action) {
      if (each.isolation !== 'shared') {
        const guest = await source.acquire(each.isolation);
        try {
          return await action(guest);
        } finally {
          await guest.close();
        }
      }
      const guest = shared.get(each.suite) ?? (await source.acquire('snapshot'));
      shared.set(each.suite, guest);
      try {
        return await action(guest);
      } finally {
        if (!(await isWell(guest))) await forget(each.suite);
      }
    },
    async close() {
      for (const suite of [...shared.keys()]) await forget(suite);
      await source.close();
    },
  };
}
