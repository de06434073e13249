import type { Uncovered } from './compiled.ts';
import type { SourceLocation } from './errors.ts';
import type { VariantSpec } from './project.ts';

/** One patch of a quilt queue. */
export interface Patch {
  /** 1 for the first patch of the series: the point that it makes. */
  readonly index: number;
  /** File name as it stands in the `series` file. */
  readonly name: string;
  readonly path: string;
  readonly subject: string;
  readonly author: { readonly name: string; readonly email: string };
  /** RFC 2822, as in the mail; absent when the patch has none. */
  readonly date?: string;
  /** Paths that the diff touches. */
  readonly files: readonly string[];
  /** sha256 of the file's bytes. */
  readonly hash: string;
  /** A name for what it changes; equal in every mail of the same change. */
  readonly content?: string;
  /** Of the mail that it came with, without the angle brackets. */
  readonly messageId?: string;
}

/** A fragment that applies from a point on. */
export interface SeriesFragment {
  readonly path: string;
  /** The first point (patch index) at which its options exist. */
  readonly from: number;
}

/** A quilt queue read for a base, with what the project file says of it. */
export interface Series {
  readonly name: string;
  /** Directory of the queue; undefined where there are no patches. */
  readonly directory?: string;
  readonly patches: readonly Patch[];
  readonly fragments: readonly SeriesFragment[];
  /** Feature name to the patch index that brings it, 0 for one of the tree itself. */
  readonly features: Readonly<Record<string, number>>;
  /** Absolute paths of suite files, directories of them, or globs; not looked for yet. */
  readonly suites: readonly string[];
  /** Name of a dialect that the directories of the suites bring; their own default when absent. */
  readonly dialect?: string;
  readonly dialectLocation?: SourceLocation;
  /** Lines of context that may differ where a patch is applied; 0 when absent. */
  readonly fuzz?: number;
  /** What the points lack that were asked for with `--without-fix`; `from` is the first such point. */
  readonly variant?: Omit<VariantSpec, 'from'> & { readonly from: number };
  /** By patch index: whether it may be that a target compiles nothing of it. */
  readonly uncovered?: Readonly<Record<number, Uncovered>>;
  /** The user vouches for the code of the patches and of the tree; patches of others when absent. */
  readonly trust?: 'own';
  readonly location?: SourceLocation;
}
