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
  /** Brings the worktree to this point, touching only files that differ, and resolves with its directory. */
  checkout(): Promise<string>;
}
