import type { PlacedRemark } from '../../model/index.ts';
import type { Offer } from '../base/front.ts';
import type { MailMessage } from '../text/types.ts';

export interface AssembleOptions {
  /** Take this revision instead of the newest. */
  readonly revision?: number;
  /** A part of a title, or a message id: which of several series is meant. */
  readonly pick?: string;
}

/** The patches of one revision of one series, in their order. */
export interface Assembly {
  readonly title: string;
  readonly patches: readonly MailMessage[];
  readonly cover?: MailMessage;
  readonly version: number;
  /** Numbers that no patch has. */
  readonly missing: readonly number[];
  readonly total?: number;
  readonly baseCommit?: string;
  /** Other patches of the sources, among which may be what the series needs first. */
  readonly offers?: readonly Offer[];
  readonly repairs: readonly PlacedRemark[];
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
}

export interface Said {
  readonly repairs: PlacedRemark[];
  readonly notes: PlacedRemark[];
  readonly problems: PlacedRemark[];
}
