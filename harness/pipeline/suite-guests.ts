import type { Guest } from '../model/index.ts';
import { findTarget } from '../target/index.ts';
import type { GuestDeadlines } from './guest.ts';
import { guestFactory } from './guest-factory.ts';

/** What the suites' process needs to make guests; survives JSON. */
export interface SuiteGuestsRequest {
  /** Name of the target. */
  readonly target: string;
  readonly kernel: { readonly image: string; readonly kernelVersion?: string; readonly systemMap?: string };
  readonly initramfs: string;
  readonly cpus: number;
  readonly memoryMiB: number;
  readonly commandLine?: readonly string[];
  /** Each guest's log is put beside it; absolute. */
  readonly logFile: string;
  /** Directory in which snapshots are kept; absolute. */
  readonly snapshots: string;
  readonly deadlines?: Partial<GuestDeadlines>;
}

/** The guests of a suite process: made at the first `acquire`, ended by `close`. */
export function openGuests(value: unknown): {
  acquire(isolation: 'snapshot' | 'boot'): Promise<Guest>;
  close(): Promise<void>;
} {
  const request = value as SuiteGuestsRequest;
  const stop = new AbortController();
  let factory: ReturnType<typeof guestFactory> | undefined;
  return {
    async acquire(isolation) {
      factory ??= guestFactory(
        { ...request, target: findTarget(request.target) },
        // The guests' own log says what a note would say; the process of the suites has no reporter.
        { signal: stop.signal, emit: () => undefined },
      );
      return await (await factory).acquire({ cold: isolation === 'boot' });
    },
    async close() {
      stop.abort();
      await (await factory?.catch(() => undefined))?.close();
    },
  };
}
