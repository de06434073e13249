import { namedBase } from '../base/needs.ts';
import { decodeText, splitLines } from '../text/bytes.ts';
import { type Bytes, type Message, noFindings } from '../text/types.ts';

/** A commit of a repository, its texts one character for each byte. */
export interface Commit {
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
export function commitMessage(source: string, { name, email, date, title, body, diff }: Commit): Message {
  const person = { name: decodeText(name).trim(), email: decodeText(email).trim() };
  const plain = decodeText(title);
  return {
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
    diff: splitLines(diff),
    mangled: false,
    findings: noFindings(),
  };
}
