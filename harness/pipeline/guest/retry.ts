import os from 'node:os';
import { GuestGone, HostError } from '../../model/index.ts';

const attempts = 3;
/** Waiting processes for each CPU from which on a machine counts as starved. */
const busyLoad = 2;
/** What an old x86 kernel says when its timer interrupt did not come in time, which a starved QEMU brings about. */
const missedTimer = /IO-APIC \+ timer doesn't work/;

/** Whether a failure to boot is the machine's fault, so that another try may help. */
export function isHostFault(error: unknown): boolean {
  return error instanceof HostError ? error.retryable : error instanceof GuestGone && error.ending === 'host';
}

/**
 * Whether the kernel may be innocent of a boot that failed: it missed its timer, or it hung or ended without a word while
 * the machine had much more to do than it has processors for.
 */
export function mayBeStarved(error: unknown, log: readonly string[], load = os.loadavg()[0] ?? 0): boolean {
  if (!(error instanceof GuestGone)) return false;
  if (log.some((line) => missedTimer.test(line))) return true;
  return (error.ending === 'hang' || log.length === 0) && load / os.availableParallelism() >= busyLoad;
}

/**
 * Makes up to three attempts. Of the last one everything is taken as it comes: a kernel that never boots is found out on
 * a busy machine, too.
 */
export async function retryBoot<T>(
  attempt: (round: { readonly isLast: boolean }) => Promise<T>,
  options: {
    /** Whether another try may help. */
    readonly mayHelp: (error: unknown) => boolean;
    readonly onRetry?: (error: unknown) => void;
  },
): Promise<T> {
  for (let round = 1; ; round++) {
    const isLast = round === attempts;
    try {
      return await attempt({ isLast });
    } catch (error) {
      if (isLast || !options.mayHelp(error)) throw error;
      options.onRetry?.(error);
    }
  }
}
