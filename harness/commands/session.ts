import path from 'node:path';
import { type Context, parseLimits, parseSize, UserError } from '../model/index.ts';
import { type QueueTimes, queueTimes, recordingBuilds, withSharedStore } from '../pipeline/index.ts';
import type { Io } from './io.ts';
import { makeReporter, type Reporter } from './reporter.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly project?: string;
  readonly cache?: string;
  readonly quiet?: true;
  /** Trees have to be as the lock file says. */
  readonly locked?: boolean;
}

export interface WorkOptions {
  readonly jobs?: number;
  readonly guests?: number;
  readonly fresh?: true;
}

/** What a command needs to call stages. */
export interface Session {
  readonly io: Io;
  readonly context: Context;
  readonly reporter: Reporter;
}

/** What the cache may hold before a run says so. */
const usualCacheLimit = '60G';

/** @throws UserError for what is no size */
function cacheLimitOf(text: string | undefined): number {
  const bytes = parseSize(text || usualCacheLimit);
  if (bytes !== undefined) return bytes;
  throw new UserError(`QUILTBOOT_CACHE_LIMIT is ${JSON.stringify(text)}, expected a size`, {
    hint: `for instance QUILTBOOT_CACHE_LIMIT=${usualCacheLimit}`,
  });
}

export function openSession(io: Io, global: GlobalOptions, work: WorkOptions = {}): Session {
  const reporter = makeReporter(io, { quiet: global.quiet ?? false });
  const builds = io.env['QUILTBOOT_BUILDS'];
  const limits = io.env['QUILTBOOT_LIMITS'];
  const cacheLimit = cacheLimitOf(io.env['QUILTBOOT_CACHE_LIMIT']);
  const context: Context = {
    cache: io.cache(global.cache),
    emit: builds ? recordingBuilds(builds, reporter.emit) : reporter.emit,
    signal: io.signal,
    jobs: work.jobs ?? io.cpus,
    guests: work.guests ?? io.cpus,
    fresh: work.fresh ?? false,
    cacheLimit,
    ...(limits === undefined ? {} : { limits: parseLimits(limits) }),
  };
  return { io, context, reporter };
}

export interface StoreOptions {
  readonly store?: string;
  readonly storeKey?: string;
}

/** The session's context, with the store that machines share where one was named. Throws UserError. */
export async function contextWithStore(
  { io, context }: Session,
  { store, storeKey }: StoreOptions,
  vouched: boolean,
): Promise<Context> {
  if (store === undefined) return context;
  const { HOME = '.', XDG_CONFIG_HOME, QUILTBOOT_STORE_KEY } = io.env;
  const usual = path.join(XDG_CONFIG_HOME || path.join(HOME, '.config'), 'quiltboot', 'store.pem');
  const keys = path.resolve(io.cwd, storeKey ?? (QUILTBOOT_STORE_KEY || usual));
  return await withSharedStore({ place: store, keys, cwd: io.cwd, vouched }, context);
}

/** How long a queue waits; QUILTBOOT_QUEUE_PATIENCE has the seconds that Redis may be gone. Throws UserError. */
export function queueTimesOf({ env }: Io): QueueTimes {
  const text = env['QUILTBOOT_QUEUE_PATIENCE'];
  if (!text) return queueTimes;
  const seconds = Number(text);
  if (seconds > 0) return { ...queueTimes, patience: seconds * 1000 };
  throw new UserError(`QUILTBOOT_QUEUE_PATIENCE is ${JSON.stringify(text)}, expected seconds`);
}
