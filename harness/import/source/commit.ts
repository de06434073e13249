import { namedBase } from '../base/needs.ts';
import { decodeText } from '../text/bytes.ts';
import { type Bytes, type MailMessage, noFindings } from '../text/types.ts';
import { type Keep, withKeptDiff } from './pack.ts';

/** A commit of a repository, its texts one character for each byte. */
export interface SourceCommit {
  readonly name: Bytes;
  readonly email: Bytes;
  /** RFC 2822. */
  readonly date: Bytes;
  readonly title: Bytes;
  readonly body: Bytes;
  readonly diff: Bytes;
}

/** Marks that mail programs put in front of a title; what else stands in brackets is the author's (`[NET]: x`). */
const mailMark = /^\s*\[[^\]]*\b(?:RFC|PATCH)\b[^\]]*\]\s*/i;

/** The patch that a commit is: nothing in it has to be guessed. */
export function messageOfCommit(source: string, commit: SourceCommit, keep: Keep): MailMessage {
  const { name, email, date, title, body, diff } = commit;
  const person = { name: decodeText(name).trim(), email: decodeText(email).trim() };
  const plain = decodeText(title);
  const message: MailMessage = {
    source,
    line: 1,
    subject: { title: plain.replace(mailMark, '') || plain, reply: false, forward: false, version: 1 },
    author: person,
    sender: person,
    date,
    references: [],
    text: decodeText(body).trimEnd(),
    ...namedBase(body),
    below: [],
    diff: [],
    mangled: false,
    exact: true,
    findings: noFindings(),
  };
  return withKeptDiff(message, diff, keep);
}
