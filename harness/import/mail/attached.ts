import { parseDiff } from '../diff/diff.ts';
import type { MailMessage } from '../text/types.ts';
import { describeSubject } from './subject.ts';

/**
 * Says of each patch that is attached to a mail by which mail it came. A patch attached to an answer is not posted, nor
 * is a forwarded mail; the one patch of a mail that holds none itself has the mail's number, place in the thread and id;
 * a second copy of the patch in the text counts once.
 */
export function joinAttached(own: MailMessage, attached: readonly MailMessage[]): MailMessage[] {
  const [only, second] = attached.filter(({ diff }) => diff.length > 0);
  const lone = only !== undefined && second === undefined && only.messageId === undefined;
  if (lone && own.diff.length === 0 && own.subject.index !== 0) {
    const { title, ...marks } = only.subject;
    const { reply, forward } = own.subject;
    const numbered = marks.index === undefined && own.subject.index !== undefined ? own.subject : marks;
    const patch = { ...placed(own, only), subject: { ...numbered, title, reply, forward } };
    // The words of an answer may hold trailers.
    return reply ? [own, patch] : [patch];
  }
  const others = attached.filter((message) => !isCopy(own, message));
  const copies = attached.filter((message) => isCopy(own, message));
  const better = copies.find((message) => isWhole(message) && !isWhole(own));
  const letter = own.diff.length === 0 && others.some(({ diff }) => diff.length > 0) ? asLetter(own) : own;
  const first = better === undefined ? letter : { ...own, diff: better.diff, mangled: better.mangled };
  const [copy] = copies;
  const note =
    better === undefined
      ? 'the same patch is attached, too'
      : 'the patch is taken as it is attached, since the one in the text is damaged';
  if (copy !== undefined) own.findings.notes.push({ line: copy.line, text: note });
  return [first, ...others.map((message) => withMail(own, message))];
}

/** What only says that patches are attached is no patch that got lost. */
function asLetter(own: MailMessage): MailMessage {
  return { ...own, subject: { ...own.subject, patch: false } };
}

function placed(own: MailMessage, message: MailMessage): MailMessage {
  const { messageId, references, sender, findings } = own;
  return {
    ...message,
    references,
    ...(messageId === undefined ? {} : { messageId, carrier: messageId }),
    ...(sender === undefined ? {} : { sender }),
    findings: {
      repairs: [...findings.repairs, ...message.findings.repairs],
      notes: [...findings.notes, ...message.findings.notes],
      problems: [...findings.problems, ...message.findings.problems],
    },
  };
}

function withMail(own: MailMessage, message: MailMessage): MailMessage {
  const { messageId, subject, references } = own;
  return {
    ...message,
    ...(messageId === undefined ? {} : { carrier: messageId }),
    references:
      message.references.length === 0
        ? [...references, ...(subject.reply && messageId !== undefined ? [messageId] : [])]
        : message.references,
    subject: {
      ...message.subject,
      reply: message.subject.reply || subject.reply,
      forward: message.subject.forward || subject.forward,
    },
  };
}

function isCopy(own: MailMessage, { diff, subject }: MailMessage): boolean {
  if (own.diff.length === 0 || diff.length === 0) return false;
  const other =
    own.subject.index !== undefined &&
    subject.index !== undefined &&
    describeSubject(own.subject) !== describeSubject(subject);
  return !other && essence(own) === essence({ diff });
}

/** The lines that a diff changes, without white space, which a mail program may have damaged in the text. */
function essence({ diff }: Pick<MailMessage, 'diff'>): string {
  return parseDiff(diff, true)
    .files.flatMap(({ hunks }) => hunks.flatMap(({ body }) => body))
    .map(({ text }) => text)
    .filter((text) => /^[+-]/.test(text) && !/^-{2} ?$/.test(text))
    .join('\n')
    .replace(/[^\S\n]+/g, '');
}

function isWhole({ diff }: MailMessage): boolean {
  const { files, problems } = parseDiff(diff, true);
  return problems.length === 0 && files.every(({ hunks }) => hunks.every(({ literal }) => literal));
}
