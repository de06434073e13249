import path from 'node:path';
import { defined, type Splat } from '../../model/index.ts';
import type { GuestRequest } from '../../model/suite.ts';
import { slownessOf } from '../guest/deadlines.ts';
import { type GuestFactory, guestFactory, snapshotDirectory } from '../guest/factory.ts';
import { lifeOf } from '../guest/life.ts';
import { isHostFault } from '../guest/retry.ts';
import { shutDown } from '../guest/shut-down.ts';
import { hostBootTarget } from '../targets.ts';
import { caseCounters } from './case-counters.ts';
import type { GuestSource, GuestSurroundings } from './services.ts';

/** Guests for a suite process: QEMU with the kernel and image of the cell. Nothing is started before it is needed. */
export function openGuests(request: GuestRequest, { emit, scratch }: GuestSurroundings): GuestSource {
  const stop = new AbortController();
  let factory: Promise<GuestFactory> | undefined;

  const make = (): Promise<GuestFactory> =>
    guestFactory(
      {
        target: hostBootTarget(request.target),
        kernel: request.kernel,
        initramfs: request.initramfs,
        ...request.machine,
        vouched: request.vouched,
        // Kept by the cases, each its own part.
        logFile: path.join(scratch, 'guest.log'),
        snapshots: snapshotDirectory(request.cache),
      },
      { signal: stop.signal, emit },
    );
  const counters = request.counters && caseCounters(request.counters);
  /** Looks at the counters of an idle guest before any case has one. */
  const makeReady = async (): Promise<GuestFactory> => {
    const made = await make();
    if (!counters) return made;
    const guest = await made.acquire();
    try {
      await counters.idle(guest, async () => {
        await lifeOf(guest).settle();
        await made.leaks.find(guest);
      });
    } finally {
      await guest.close();
    }
    return made;
  };
  let slowness = 1;
  let made: GuestFactory | undefined;
  let bootSplats: readonly Splat[] = [];
  return {
    ...defined({ counters }),
    get bootSplats() {
      return bootSplats;
    },
    get slowness() {
      return slowness;
    },
    async acquire(isolation) {
      factory ??= makeReady();
      // A kernel that does not come up will not do so for the next case either; a machine may.
      const ready = await factory.catch((error: unknown) => {
        if (isHostFault(error)) factory = undefined;
        throw error;
      });
      slowness = slownessOf(ready.bootMs);
      ({ bootSplats } = ready);
      made = ready;
      return await ready.acquire({ cold: isolation === 'boot' });
    },
    async findLeaks(guest) {
      const ready = await factory?.catch(() => undefined);
      return ready ? await ready.leaks.find(guest) : [];
    },
    knowsLeaks: () => made?.leaks.knows() === true,
    async shutDown() {
      const ready = await factory?.catch(() => undefined);
      if (!ready) return undefined;
      const guest = await ready.acquire().catch(() => undefined);
      return guest && (await shutDown(guest, slowness, request.machine.modules));
    },
    async close() {
      const ready = await factory?.catch(() => undefined);
      await ready?.close();
      stop.abort();
    },
  };
}
