/** Bytes as text: one character (U+0000 to U+00FF) for each byte, so that lines split and compare as their bytes do. */
export type Bytes = string;

/** A line of a source, without its end, and where it stood there (from 1). */
export interface TextLine {
  readonly text: Bytes;
  readonly number: number;
}

/** Something to say about a place in a source. */
export interface Remark {
  /** From 1. */
  readonly line: number;
  readonly text: string;
}

/** What came up while something was read or recovered; each list is in the order of finding. */
export interface Findings {
  /** What was mended. */
  readonly repairs: Remark[];
  /** What people wrote around a patch, and other things worth knowing. */
  readonly notes: Remark[];
  /** What is missing or could not be mended: one of them makes an import incomplete. */
  readonly problems: Remark[];
}

export function noFindings(): Findings {
  return { repairs: [], notes: [], problems: [] };
}

export interface Address {
  readonly name: string;
  readonly email: string;
}

/** A subject line taken apart: `Re: [PATCH v3 04/10] title`. */
export interface MailSubject {
  /** Without `Re:` and without what stands in brackets in front, as `git mailinfo` leaves it. */
  readonly title: string;
  readonly reply: boolean;
  /** Passed on by somebody else, `Fwd:`. */
  readonly forward: boolean;
  /** 1 where none is told. */
  readonly version: number;
  /** Where the revision is told; a mark in a title may be a part of it. */
  readonly marked?: 'brackets' | 'title';
  /** Number in the series, 0 for a cover letter; undefined without numbering. */
  readonly index?: number;
  readonly total?: number;
  /** The stable trees that it is meant for, as brackets in front name them: `6.1`, `5.10 5.15`. */
  readonly stable?: string;
  /** Brackets in front say that it is a patch. */
  readonly patch?: boolean;
}

/** Something that a mail says its patches stand on. */
export interface Need {
  /** `series` is whatever people write: an id, an address, a title. */
  readonly kind: 'patch-id' | 'message-id' | 'change-id' | 'series';
  readonly value: string;
}

/** One mail, or one patch of any other kind of source. */
export interface MailMessage {
  /** The source as the user named it; a file's path below it where it is a directory. */
  readonly source: string;
  /** First line of the message in its source. */
  readonly line: number;
  readonly subject: MailSubject;
  /** Who wrote the patch. */
  readonly author?: Address;
  /** Who sent the mail; differs from the author for a patch that is passed on. */
  readonly sender?: Address;
  /** RFC 2822, as it stands in the source. */
  readonly date?: string;
  /** Without angle brackets. */
  readonly messageId?: string;
  /** Id of the mail to which this patch was attached. */
  readonly carrier?: string;
  /** Ids of the messages that this one answers, the beginning of the thread first and the one that it answers last. */
  readonly references: readonly string[];
  /** The commit message below the subject; the whole body where there is no diff. */
  readonly text: string;
  /** Lines between the message and the diff: a diffstat, remarks, a list of files. */
  readonly below: readonly TextLine[];
  /** From the first line of the diff on; empty where there is none. */
  readonly diff: readonly TextLine[];
  readonly baseCommit?: string;
  /** What b4 calls a series in all its revisions. */
  readonly changeId?: string;
  readonly needs?: readonly Need[];
  /** True when the source can have changed white space or lines of the diff: an archive page, not a mail. */
  readonly mangled: boolean;
  /** The diff is the one that git made, of a commit that is at hand. */
  readonly exact?: true;
  /** The source hides addresses from robots, those in the diff as well. */
  readonly hidesAddresses?: true;
  /** How many leading parts of the diff's paths are not the tree's, where the source says it (`-pN`). */
  readonly strip?: number;
  /** The source says that the patch is to be taken back (`-R`). */
  readonly reverse?: boolean;
  readonly findings: Findings;
}

/** Gives the text of a tree's files. */
export interface TreeReader {
  /**
   * The file's bytes split at each `\n`: the last entry is empty where the file ends with a newline. Undefined when the
   * tree has no such file.
   */
  lines(path: string): Promise<readonly Bytes[] | undefined>;
}
