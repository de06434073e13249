import type { HunkRange } from '../../model/index.ts';
import type { Remark, TextLine } from '../text/types.ts';

/** A hunk as a source shows it, whole or not. */
export interface RawHunk {
  readonly header: TextLine;
  readonly old: HunkRange;
  readonly new: HunkRange;
  /** Everything up to the next header, or exactly the hunk's lines where `literal`. */
  readonly body: readonly TextLine[];
  /** The lines have their markers and agree with the header's counts. */
  readonly literal: boolean;
}

/** What a source shows of one file of a diff. */
export interface RawFile {
  /** Lines before the first hunk, as they are there; a binary patch is among them. */
  readonly header: readonly TextLine[];
  readonly hunks: readonly RawHunk[];
}

export interface RawDiff {
  /** The files of which something can be kept. */
  readonly files: readonly RawFile[];
  /** What follows the last hunk: a signature, the foot of a page. */
  readonly rest: readonly TextLine[];
  /** Lines and files of the diff that can't be kept. */
  readonly problems: readonly Remark[];
  /** Lines that one reader takes for a part of a hunk and another one for a header. */
  readonly refusals: readonly Remark[];
}
