import PQueue from 'p-queue';
import type { Stretch } from '../guest/verdict.ts';
import { defined } from '../model/index.ts';
import { type Life, lifeOf } from '../pipeline/guest/life.ts';
import type { GuestSource } from '../pipeline/suite/services.ts';
import type { Case } from './registry.ts';

/** Hands guests to cases: never more at once than allowed, and one after the other where cases share a guest. */
export interface GuestPool {
  /** Waits for the case's turn. */
  withSlot<T>(each: Case, action: () => Promise<T>): Promise<T>;
  /**
   * Runs an action with a guest as the case wants it. One of its own is closed afterwards, and what it still said then
   * comes with the answer; of a shared guest that goes to `onGap` with all that lies between two cases.
   */
  withGuest<T>(
    each: Case,
    action: (life: Life) => Promise<T>,
  ): Promise<{ readonly value: T; readonly rest: Stretch | undefined }>;
  close(): Promise<void>;
}

interface Shared {
  readonly life: Life;
  /** The case that had it last. */
  last: string | undefined;
}

export type OnGap = (
  suite: string,
  between: { readonly after?: string; readonly before?: string },
  stretch: Stretch,
) => void;

export function createPool(source: Pick<GuestSource, 'acquire'>, guests: number, onGap: OnGap): GuestPool {
  const slots = new PQueue({ concurrency: Math.max(1, guests) });
  /** By suite: the line of its sharing cases, and the guest that they share. */
  const lines = new Map<string, PQueue>();
  const shared = new Map<string, Shared>();

  const lineOf = (suite: string): PQueue => {
    const line = lines.get(suite) ?? new PQueue({ concurrency: 1 });
    lines.set(suite, line);
    return line;
  };
  const forget = async (suite: string): Promise<void> => {
    const one = shared.get(suite);
    if (!one) return;
    shared.delete(suite);
    await one.life.guest.close();
    onGap(suite, defined({ after: one.last }), one.life.take());
  };
  const isClean = ({ splats, gone }: Stretch): boolean =>
    !gone && splats.every(({ severity }) => severity === 'coverage');

  /** The guest of a suite, as long as nothing bad was seen of it. */
  const sharedFor = async ({ suite, name }: Case): Promise<Shared> => {
    const known = shared.get(suite);
    if (known) {
      const gap = known.life.take();
      onGap(suite, defined({ after: known.last, before: name }), gap);
      if (isClean(gap)) return known;
      await forget(suite);
    }
    const made: Shared = { life: lifeOf(await source.acquire('snapshot')), last: undefined };
    shared.set(suite, made);
    onGap(suite, { before: name }, made.life.take());
    return made;
  };
  const isWell = async ({ guest }: Life): Promise<boolean> =>
    guest.splats().every(({ severity }) => severity === 'coverage') && (await guest.exists('/').catch(() => false));

  return {
    withSlot(each, action) {
      const take = <U>(what: () => Promise<U>): Promise<U> => slots.add(what);
      return each.isolation === 'shared' ? lineOf(each.suite).add(() => take(action)) : take(action);
    },
    async withGuest(each, action) {
      if (each.isolation !== 'shared') {
        const life = lifeOf(await source.acquire(each.isolation));
        try {
          const value = await action(life);
          await life.guest.close();
          return { value, rest: life.take() };
        } finally {
          await life.guest.close();
        }
      }
      const one = await sharedFor(each);
      try {
        return { value: await action(one.life), rest: undefined };
      } finally {
        one.last = each.name;
        if (!(await isWell(one.life))) await forget(each.suite);
      }
    },
    async close() {
      for (const suite of [...shared.keys()]) await forget(suite);
    },
  };
}
