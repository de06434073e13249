import { defined } from '../../model/index.ts';
import { hidesAddress } from '../mail/address.ts';
import { hasDiff } from '../mail/has-diff.ts';
import { splitHead } from '../mail/header.ts';
import { plainTrailerText } from '../mail/hidden.ts';
import { readMail } from '../mail/mail.ts';
import { isMail, isMbox, type RawMail, splitMails, splitMbox } from '../mail/mbox.ts';
import { textParts } from '../mail/mime.ts';
import { type Bytes, type MailMessage, noFindings } from '../text/types.ts';
import { findQuoteMark } from './layout.ts';
import { readPage, readQuotation } from './page.ts';

/**
 * Reads a file of any kind: an mbox, a mail, a bare patch, the text or HTML of an archive page. A reply that quotes a
 * patch counts as one only where the file holds no other patch, since every review quotes.
 *
 * @param pack what becomes of each message before the next one is read
 */
export function readSource(
  source: string,
  text: Bytes,
  pack = (message: MailMessage): MailMessage => message,
): MailMessage[] {
  const mails = isMbox(text) ? splitMbox(text) : isMail(text) ? splitMails(text) : undefined;
  if (mails === undefined) return readPage(source, text).map(pack);
  const messages = mails.map((mail) =>
    readMail(source, mail.text, mail.line).map((message) => pack(withoutHiding(mail.text)(message))),
  );
  if (messages.flat().some(hasDiff)) return messages.flat();
  return messages.flatMap((read, index) => readQuoting(source, mails[index], read[0]) ?? read);
}

/** pipermail's monthly texts are mails whose addresses are hidden, those in trailers and code as well. */
function withoutHiding(mail: Bytes): (message: MailMessage) => MailMessage {
  const from = /^From: .*$/m.exec(mail)?.[0] ?? '';
  if (from.includes('@') || !hidesAddress(from)) return (message) => message;
  return (message) => ({
    ...message,
    text: message.text.replace(/^[A-Z][\w-]+: .*$/gm, plainTrailerText),
    hidesAddresses: true,
  });
}

/** The patch that a mail quotes: by whom it is, only the quotation can tell. */
function readQuoting(source: string, raw: RawMail | undefined, mail: MailMessage | undefined): MailMessage | undefined {
  if (raw === undefined || mail === undefined) return undefined;
  const { headers, body, headLines } = splitHead(raw.text);
  const lines = textParts(headers, body, raw.line + headLines).flatMap((part) => part.lines);
  const mark = findQuoteMark(lines);
  if (mark === undefined) return undefined;
  const quotation = readQuotation(source, lines, mark, noFindings());
  const { sender, messageId } = mail;
  const notes = quotation.findings.notes.map((note) => ({
    ...note,
    text: sender === undefined ? note.text : `${sender.name || sender.email}: ${note.text}`,
  }));
  return {
    ...quotation,
    line: mail.line,
    subject: mail.subject,
    references: mail.references,
    findings: { ...quotation.findings, notes },
    ...defined({ sender, messageId }),
  };
}
