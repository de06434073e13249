import { type Context, type TreeSource } from '../../../model/index.ts';

/** A new repository that a source is brought into. */
export interface SourcePlace {
  readonly repository: string;
  /** Scratch space on the same file system. */
  readonly scratch: string;
  /** Where an unpacked source stays, with its index, so that the first work tree need not be checked out. */
  readonly spare: { readonly directory: string; readonly index: string };
}

/** A source with everything that may move pinned down. */
export interface ResolvedSource {
  /** Equal for equal content. */
  readonly identity: string;
  /** For the record and for people. */
  readonly resolved: string;
  /** Stores the source in a repository and resolves with its git tree. */
  bring(place: SourcePlace): Promise<string>;
}

/** One kind of source: a file of this folder, and its row in index.ts. */
export type Resolve<K extends TreeSource['kind']> = (
  source: Extract<TreeSource, { kind: K }>,
  context: Context,
) => Promise<ResolvedSource>;
