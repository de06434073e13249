/**
 * Whose code a point holds, and with whom a build of it therefore shares what builds leave behind:
 *
 * - `own`: the user vouches for the series; everything of the user's that is vouched for shares a compiler cache.
 * - `tree`: nothing but the base; everybody who builds this very tree may share it.
 * - `series`: patches of others; shared with nothing else.
 */
export interface Origin {
  readonly kind: 'own' | 'tree' | 'series';
  /** Names build directories; equal for points that may be built in one place, one after the other. */
  readonly id: string;
  /** Names the tree below, for what was compiled of it. */
  readonly tree: string;
}

/**
 * The kernel source at one point, not necessarily on disk yet: stages whose result is in the store never ask for it.
 */
export interface Source {
  readonly point: number;
  /** Git's object name of the tree: equal content, equal id. */
  readonly id: string;
  readonly kernelVersion: string;
  /** Family for toolchain facts: `6.1`, `2.6.22`. */
  readonly base: string;
  readonly origin: Origin;
  /** Brings the worktree to this point, touching only files that differ, and resolves with its directory. */
  checkout(): Promise<string>;
  /** The names below `arch/`, without a checkout; absent where that cannot be told. */
  architectures?(): Promise<ReadonlySet<string>>;
  /** A path that a checkout should have and has not, for somebody removed it; absent where that cannot be told. */
  missing?(): Promise<string | undefined>;
}
