/** What the cache holds, by what it is for. */
export type PieceKind =
  | 'worktrees'
  | 'builds'
  | 'store'
  | 'snapshots'
  | 'trees'
  | 'images'
  | 'downloads'
  | 'ccache'
  | 'apt';

/** A part of the cache that is used and removed as a whole. */
export interface CachePiece {
  readonly kind: PieceKind;
  /** Unique among those of its kind. */
  readonly name: string;
  /** Bytes on the disk; undefined where nobody has counted them yet. */
  readonly bytes?: number;
  /** When it was used last, in milliseconds of the epoch. */
  readonly used: number;
}

/** What was freed, or would be, and what could not. */
export interface Freed {
  readonly removed: readonly CachePiece[];
  /** Left because a process uses it. */
  readonly inUse: readonly CachePiece[];
}
