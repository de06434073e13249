import path from 'node:path';
import * as z from 'zod';
import { withLock } from '../../host/files/lock.ts';
import { readJson } from '../../host/files/read.ts';
import { ensureDirectory, writeJson } from '../../host/files/write.ts';
import { removeSnapshot, stampOfMemory, sumOfSnapshot, touchSnapshot } from '../../host/qemu/snapshots.ts';
import {
  type CachePaths,
  type Emit,
  type Guest,
  HostError,
  InterruptedError,
  type Splat,
  warning,
} from '../../model/index.ts';
import { scaledDeadlines } from './deadlines.ts';
import { type BootRequest, bootGuest, type OpenGuest } from './guest.ts';
import { type LeakDetector, leakDetector } from './leaks.ts';
import { isHostFault, mayBeStarved, retryBoot } from './retry.ts';
import { restoreGuest, snapshotGuest, snapshotPath } from './snapshot.ts';

/** Restores that may fail before a snapshot is given up. */
const patience = 3;

export interface FactoryRequest extends BootRequest {
  /** Directory in which snapshots are kept between runs; absolute. */
  readonly snapshots: string;
}

/** Where snapshots are kept between runs. */
export function snapshotDirectory(cache: Pick<CachePaths, 'root'>): string {
  return path.join(cache.root, 'snapshots');
}

/** Makes guests of one kernel, each in a fresh state. */
export interface GuestFactory {
  /** How `acquire` makes them: out of a snapshot of the idle guest, or by booting each. */
  readonly isolation: 'snapshot' | 'boot';
  /**
   * Milliseconds from starting QEMU to the first completed call in the boot that the snapshot comes from: what the
   * deadlines of its guests are scaled by.
   */
  readonly bootMs: number | undefined;
  /** Reports of the boot that it made itself; none where an earlier run has left the snapshot. */
  readonly bootSplats: readonly Splat[];
  /** Knows whether the kernel can tell what it has leaked. */
  readonly leaks: LeakDetector;
  /**
   * A guest of its own. `cold` boots one in any case. Its log goes into a file of its own beside the request's.
   *
   * @throws GuestGone, HostError, InterruptedError as {@link bootGuest}
   */
  acquire(options?: { readonly cold?: boolean; readonly logFile?: string }): Promise<Guest>;
  /** Ends all guests that are still there. */
  close(): Promise<void>;
}

/**
 * Boots once, freezes the idle guest, restores it once as a test, and from then on hands out restored guests. Where that
 * does not work every guest is booted, and a note says why. A snapshot of the same kernel, image and machine that an
 * earlier run has left is used at once.
 *
 * @throws GuestGone when the kernel does not come up, HostError, InterruptedError
 */
export async function guestFactory(
  request: FactoryRequest,
  context: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<GuestFactory> {
  const options = { signal: context.signal };
  const open = new Set<Guest>();
  let count = 0;
  const logFile = (): string => {
    const { dir, name, ext } = path.parse(request.logFile);
    count += 1;
    return path.join(dir, `${name}-${count}${ext}`);
  };
  await ensureDirectory(request.snapshots);
  const file = await snapshotPath(request, request.snapshots);
  let bootMs: number | undefined;
  let bootSplats: readonly Splat[] = [];
  let isolation: GuestFactory['isolation'] = 'snapshot';
  let misbehaved = 0;
  const leaks = leakDetector();

  await withLock({ file: `${file}.lock`, signal: context.signal, purpose: 'making a snapshot' }, async () => {
    if (await touchSnapshot(file)) {
      const known = await recordOf(file);
      if (known) {
        bootMs = known.bootMs;
        return;
      }
      await removeSnapshot(file);
      warning(context)(`${request.target.name}: a snapshot is damaged, or of another version; it is made again`);
    }
    const guest = await bootRetrying({ ...request, logFile: logFile() }, options);
    bootMs = guest.readyMs;
    if (!(await trySnapshot(guest, { ...request, logFile: logFile() }, file, context, leaks))) isolation = 'boot';
    bootSplats = leaks.judged(guest.splats());
  });

  const acquireOne = async (cold: boolean, log: string): Promise<Guest> => {
    const own = { ...request, deadlines: { ...scaledDeadlines(bootMs), ...request.deadlines }, logFile: log };
    if (isolation === 'snapshot' && !cold) {
      try {
        await mustBeUnchanged(file);
        return await restoreGuest(own, file, options);
      } catch (error) {
        if (error instanceof InterruptedError) throw error;
        misbehaved += 1;
        if (misbehaved < patience) context.emit(noteOf(request, 'a guest could not be restored and is booted', error));
        else {
          // Nobody restores it again, in this run or another.
          isolation = 'boot';
          await removeSnapshot(file);
          context.emit(noteOf(request, 'the snapshot is thrown away, every further guest is booted', error));
        }
      }
    }
    const booted = await bootRetrying(own, options);
    await leaks.find(booted);
    return booted;
  };

  return {
    leaks,
    get isolation() {
      return isolation;
    },
    get bootMs() {
      return bootMs;
    },
    get bootSplats() {
      return bootSplats;
    },
    async acquire({ cold = false, logFile: log = logFile() } = {}) {
      const guest = await acquireOne(cold, log);
      open.add(guest);
      return {
        ...guest,
        get pid() {
          return guest.pid;
        },
        splats: () => leaks.judged(guest.splats()),
        async close() {
          open.delete(guest);
          await guest.close();
        },
      };
    },
    async close() {
      await Promise.all([...open].map((guest) => guest.close()));
      open.clear();
    },
  };
}

/** Boots, and tries twice more when the machine is or may be to blame. */
export async function bootRetrying(
  request: BootRequest,
  options: { readonly signal: AbortSignal },
): Promise<OpenGuest> {
  let log: readonly string[] = [];
  const onMachine = ({ reader }: OpenGuest['machine']): void => {
    log = reader.lines();
  };
  return await retryBoot(() => bootGuest(request, { ...options, onMachine }), {
    mayHelp: (error) => isHostFault(error) || mayBeStarved(error, log),
  });
}

/**
 * Turns an idle guest into the snapshot that a {@link guestFactory} for the same request finds; the guest is closed.
 * Where that does not work a note says so.
 */
export async function prepareSnapshot(
  guest: OpenGuest,
  request: BootRequest,
  directory: string,
  context: { readonly signal: AbortSignal; readonly emit: Emit },
): Promise<void> {
  await ensureDirectory(directory);
  const file = await snapshotPath(request, directory);
  await withLock({ file: `${file}.lock`, signal: context.signal, purpose: 'making a snapshot' }, async () => {
    if (await touchSnapshot(file)) return;
    await trySnapshot(guest, { ...request, logFile: `${request.logFile}.restored` }, file, context);
  });
}

/** Milliseconds until the guest was ready, and the sum over the snapshot. */
const recordShape = z.object({ bootMs: z.number(), sum: z.string() });

function recordFile(snapshot: string): string {
  return `${snapshot}.json`;
}

/** Snapshots that this process has made or checked, and the stamps that their memory had then. */
const checked = new Map<string, { readonly sum: string; readonly stamp: string }>();

/** What is known of a snapshot; undefined when it is not what was stored. */
async function recordOf(snapshot: string): Promise<{ readonly bootMs: number } | undefined> {
  const parsed = recordShape.safeParse(await readJson(recordFile(snapshot)));
  if (!parsed.success) return undefined;
  const { bootMs, sum } = parsed.data;
  const stamp = await stampOfMemory(snapshot);
  const known = checked.get(snapshot);
  if ((known?.sum !== sum || known.stamp !== stamp) && (await sumOfSnapshot(snapshot)) !== sum) return undefined;
  checked.set(snapshot, { sum, stamp });
  return { bootMs };
}

/** Fails when the snapshot is not any more what this process has made or checked. */
async function mustBeUnchanged(snapshot: string): Promise<void> {
  if (await recordOf(snapshot)) return;
  throw new HostError('the snapshot is gone, or was changed', { code: 'QB-DISK' });
}

async function record(snapshot: string, bootMs: number): Promise<void> {
  const [sum, stamp] = [await sumOfSnapshot(snapshot), await stampOfMemory(snapshot)];
  await writeJson(recordFile(snapshot), { bootMs, sum });
  checked.set(snapshot, { sum, stamp });
}

async function trySnapshot(
  guest: OpenGuest,
  request: BootRequest,
  file: string,
  context: { readonly signal: AbortSignal; readonly emit: Emit },
  leaks = leakDetector(),
): Promise<boolean> {
  try {
    const { readyMs } = guest;
    // What the boot has leaked is not to be held against the cases that begin with it.
    await leaks.find(guest);
    await snapshotGuest(guest, file, context);
    const restored = await restoreGuest(request, file, context);
    await restored.close();
    await record(file, readyMs);
    return true;
  } catch (error) {
    await removeSnapshot(file);
    if (error instanceof InterruptedError) throw error;
    context.emit(noteOf(request, 'cannot restore guests from a snapshot, so every case boots its own', error));
    return false;
  }
}

function noteOf(request: BootRequest, what: string, error: unknown): Parameters<Emit>[0] {
  const why = error instanceof Error ? error.message : String(error);
  return { type: 'note', level: 'warning', text: `${request.target.name}: ${what}: ${why}` };
}
