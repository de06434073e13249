import type { Emit } from './events.ts';
import type { BuildLimits } from './limits.ts';
import type { SharedStore } from './shared-store.ts';

/** Where things are kept between runs; each is an absolute path. */
export interface CachePaths {
  readonly root: string;
  readonly downloads: string;
  readonly trees: string;
  readonly worktrees: string;
  readonly builds: string;
  readonly store: string;
  readonly images: string;
  readonly ccache: string;
  readonly locks: string;
}

/** What every stage is handed beside its request. */
export interface Context {
  readonly cache: CachePaths;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** How many compiler jobs may run at once. */
  readonly jobs: number;
  /** How many guests may run at once. */
  readonly guests: number;
  /** Do not take results from the store (still put them there). */
  readonly fresh: boolean;
  /** Bytes that the cache may hold before a run says so; never when absent. */
  readonly cacheLimit?: number;
  /** A store that several machines share; none when absent. */
  readonly shared?: SharedStore;
  /** What builds may use; the usual when not given. */
  readonly limits?: BuildLimits;
}
