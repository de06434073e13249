/** Something that a check holds against a patch. */
export interface CheckFinding {
  readonly text: string;
  /** In the tree, with the patch applied; absent where it is about the mail. */
  readonly file?: string;
  readonly line?: number;
  /** A warning is shown; an error fails the check. */
  readonly severity: 'error' | 'warning';
}

/** What became of one check of one patch. One that cannot run is no pass. */
export type CheckOutcome =
  | { readonly kind: 'ran'; readonly findings: readonly CheckFinding[] }
  | { readonly kind: 'cannot'; readonly why: string };

/** A patch with everything that its checks said, by their names. */
export interface CheckedPatch {
  readonly point: number;
  readonly patch: string;
  readonly subject: string;
  readonly checks: Readonly<Record<string, CheckOutcome>>;
}

/** What `quiltboot check` came to. */
export interface CheckReport {
  readonly series: string;
  readonly tree: string;
  readonly target: string;
  /** Names of the checks, in the order of their columns. */
  readonly columns: readonly string[];
  readonly patches: readonly CheckedPatch[];
}
