import type { SourceLocation } from './errors.ts';

/** A file to download (or to read, for `file:`): tried in the order given. */
export interface RemoteFile {
  readonly urls: readonly string[];
  readonly sha256?: string;
  /** A signed list of sha256 sums in which the file's base name must stand. */
  readonly checksums?: {
    readonly urls: readonly string[];
    /** Keyring file for `gpgv`; the list is trusted only when signed by one of `fingerprints`. */
    readonly keyring?: string;
    readonly fingerprints?: readonly string[];
  };
}

export type TreeSource =
  | { readonly kind: 'debian'; readonly package: string; readonly version?: string; readonly release?: string }
  | { readonly kind: 'tarball'; readonly file: RemoteFile }
  | {
      readonly kind: 'git';
      readonly url: string;
      readonly ref: string;
      /** Read the objects of a repository on this machine where they are, instead of copying them. */
      readonly borrow?: true;
    }
  | { readonly kind: 'directory'; readonly path: string };

/** A quilt directory (`series` and patches) put on top of a source, without the patches named in `minus`. */
export interface QuiltLayer {
  readonly source: { readonly directory: string } | { readonly tarball: RemoteFile };
  readonly minus: readonly string[];
  /** Absolute path of a directory with patches that take the place of those of the layer with the same names. */
  readonly refreshed?: string;
}

/** How a base source is made. Two recipes with equal content are the same tree in the cache, whatever their names. */
export interface TreeRecipe {
  readonly name: string;
  /** Family for queues, fragments and toolchains: `6.1`, `2.6.22`. */
  readonly base: string;
  readonly source: TreeSource;
  /** Incremental patches on top of the source, compressed or not, in order. */
  readonly patches: readonly RemoteFile[];
  readonly quilt?: QuiltLayer;
  /** A queue of the project that makes the tree build with the chosen toolchain; part of the base, below point 0. */
  readonly queue?: string;
  readonly toolchain: string;
  /** Of three lines of context, how many may differ where `queue` or a series is applied; 0 when absent. */
  readonly fuzz?: number;
  /** Fragments for every target, then for each target. Paths are absolute. */
  readonly fragments: readonly string[];
  readonly targetFragments: Readonly<Record<string, readonly string[]>>;
  /** Fragments that come with quiltboot; those above, and the series' own, may say otherwise. */
  readonly builtin?: { readonly all: readonly string[]; readonly targets: Readonly<Record<string, readonly string[]>> };
  /** What the tree has to be, or it is refused. */
  readonly locked?: LockedTree;
  readonly location?: SourceLocation;
}

/** What a tree was resolved to once, as a lock file keeps it. */
export interface LockedTree {
  /** For people: package version, url, commit. */
  readonly resolved: string;
  /** Equal for equal content of the source. */
  readonly source: string;
  /** sha256 over everything that the content depends on; see {@link PreparedTree}. */
  readonly key: string;
}

/** A tree that is ready: a bare git repository in the cache whose commit `commit` is the base. */
export interface PreparedTree {
  readonly name: string;
  readonly base: string;
  /** sha256 over everything that the content depends on. */
  readonly key: string;
  readonly repository: string;
  readonly commit: string;
  /** As `make kernelversion` prints it. */
  readonly kernelVersion: string;
  /** What was resolved, for the record: package version, url, git commit. */
  readonly resolved: string;
  /** Equal for equal content of the source; absent where the source could not be resolved and an earlier tree is used. */
  readonly source?: string;
  readonly reused: boolean;
  readonly ms: number;
}
