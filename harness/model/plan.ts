/**
 * A part of the matrix: one of so many equal ones, counted from 1; or neighbouring points of one target, the last one
 * included.
 */
export type Shard =
  | { readonly index: number; readonly count: number }
  | { readonly target: string; readonly from: number; readonly to: number };

/** Neighbouring points of one target, which one machine runs in their order: each builds on what the one before left. */
export interface ChainPart {
  readonly target: string;
  /** The first and the last of its points. */
  readonly from: number;
  readonly to: number;
}

/** A chain of a plan. */
export interface Chain extends ChainPart {
  /** How long it is expected to take, in milliseconds, what it has to build first included. */
  readonly ms: number;
  /** Over everything that decides its results. */
  readonly key: string;
  /** The machine that it is meant for, counted from 1. */
  readonly machine: number;
  /** The command that runs it. */
  readonly command: string;
}

/** What runs where: the whole matrix in chains, the longest first. */
export interface Plan {
  readonly format: 1;
  readonly series: string;
  readonly tree: string;
  readonly points: readonly number[];
  readonly targets: readonly string[];
  readonly machines: number;
  /** Whether the times are those of an earlier run; guesses otherwise. */
  readonly measured: boolean;
  readonly chains: readonly Chain[];
}
