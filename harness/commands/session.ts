import { type Context, parseLimits } from '../model/index.ts';
import { recordingBuilds } from '../pipeline/index.ts';
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

export function openSession(io: Io, global: GlobalOptions, work: WorkOptions = {}): Session {
  const reporter = makeReporter(io, { quiet: global.quiet ?? false });
  const builds = io.env['QUILTBOOT_BUILDS'];
  const limits = io.env['QUILTBOOT_LIMITS'];
  const context: Context = {
    cache: io.cache(global.cache),
    emit: builds ? recordingBuilds(builds, reporter.emit) : reporter.emit,
    signal: io.signal,
    jobs: work.jobs ?? io.cpus,
    guests: work.guests ?? io.cpus,
    fresh: work.fresh ?? false,
    ...(limits === undefined ? {} : { limits: parseLimits(limits) }),
  };
  return { io, context, reporter };
}
