import { titleKey } from '../mail/subject.ts';
import { decodeText, joinText } from '../text/bytes.ts';
import { type MailMessage, noFindings, type Remark, type TextLine } from '../text/types.ts';

/** A post of a page as it was read. */
export interface ReadPost {
  readonly message: MailMessage;
  /** As the page shows it. */
  readonly lines: readonly TextLine[];
  /** Its diff is a quotation of somebody else's. */
  readonly quoted: boolean;
}

/** The messages of a page. An answer that quotes a patch which the page shows unquoted, too, is an answer and no patch. */
export function withoutQuotations(posts: readonly ReadPost[]): MailMessage[] {
  const shown = posts.filter(({ message, quoted }) => !quoted && message.diff.length > 0);
  const messages = posts.map((post) => {
    const again = post.quoted && shown.some((other) => isSamePatch(post.message, other.message));
    return again ? asAnswer(post) : post.message;
  });
  return posts.length > 1 ? withReferences(withAddresses(messages)) : messages;
}

/** A page shows names alone; the address that one message tells is that of the same name elsewhere. */
function withAddresses(messages: readonly MailMessage[]): MailMessage[] {
  const known = new Map<string, string>();
  for (const { author } of messages)
    if (author !== undefined && author.email !== '') known.set(author.name, author.email);
  return messages.map((message) => {
    const { author } = message;
    const email = author?.email === '' ? known.get(author.name) : undefined;
    return author === undefined || email === undefined ? message : { ...message, author: { ...author, email } };
  });
}

function isSamePatch(one: MailMessage, other: MailMessage): boolean {
  if (titleKey(one.subject.title) === titleKey(other.subject.title)) return true;
  const files = new Set(filesOf(other));
  const quoted = filesOf(one);
  return quoted.length > 0 && quoted.every((file) => files.has(file));
}

function filesOf({ diff }: MailMessage): string[] {
  return diff.flatMap(({ text }) => /^\+\+\+ ([^\t]+)/.exec(text)?.[1] ?? []);
}

function asAnswer({ message, lines }: ReadPost): MailMessage {
  const subject = { ...message.subject, reply: true };
  const findings = { ...noFindings(), notes: message.findings.notes };
  return { ...message, subject, text: decodeText(joinText(lines)), below: [], diff: [], findings };
}

/** Whom a message of a thread's page answers, as far as titles tell it: the one of its title, else the first one. */
function withReferences(messages: readonly MailMessage[]): MailMessage[] {
  const byTitle = new Map<string, string>();
  for (const { subject, messageId } of messages) {
    const key = titleKey(subject.title);
    if (!subject.reply && messageId !== undefined && !byTitle.has(key)) byTitle.set(key, messageId);
  }
  const first = messages.find(({ subject }) => !subject.reply)?.messageId;
  return messages.map((message) => {
    const { subject, messageId, references } = message;
    const answered = (subject.reply ? byTitle.get(titleKey(subject.title)) : undefined) ?? first;
    if (messageId === undefined || references.length > 0 || answered === undefined || answered === messageId)
      return message;
    return { ...message, references: [answered] };
  });
}

/** A diff beside the one that a reply quotes is no part of that, and no words. */
export function tellUnquoted(own: readonly TextLine[]): Remark[] {
  const diff = own.find(({ text }) => /^\s*(?:diff --git \S|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@)/.test(text));
  const text = 'a diff stands beside the one that is quoted, and is not in the queue: give it in a file of its own';
  return diff === undefined ? [] : [{ line: diff.number, text }];
}
