import { setTimeout as sleep } from 'node:timers/promises';
import { defined, type Guest, type GuestGone, type LoadedModule, type Splat } from '../../model/index.ts';
import { unloadModules } from './modules.ts';

/** What a guest may take to shut down, and what it may still do after a program that was to do it has ended, in milliseconds. */
const withinMs = 5000;
const unwillingMs = 100;

export interface ShutDown {
  readonly splats: readonly Splat[];
  readonly gone?: GuestGone;
  /** Modules that cannot be unloaded, each as a sentence. */
  readonly left?: readonly string[];
}

/**
 * Shuts a guest down in order, as `reboot` does, and closes it: its modules are unloaded, and drivers and file systems do
 * then what they do at no other time. Resolves with what its log reported meanwhile, and with how it ended. One that takes
 * too long is closed.
 */
export async function shutDown(guest: Guest, slowness = 1, modules: readonly LoadedModule[] = []): Promise<ShutDown> {
  const from = guest.splats().length;
  const left = await unloadModules(guest, modules);
  let deadline = performance.now() + withinMs * slowness;
  // There is no answer from a guest that is gone; one that answers stays.
  guest.run({ argv: ['/bin/reboot'], timeoutMs: withinMs * slowness }).then(
    () => {
      deadline = Math.min(deadline, performance.now() + unwillingMs);
    },
    () => undefined,
  );
  while (guest.ended() === undefined && performance.now() < deadline) await sleep(5);
  await guest.close();
  return {
    splats: guest.splats().slice(from),
    ...defined({ gone: guest.ended() }),
    ...(left.length > 0 && { left }),
  };
}
