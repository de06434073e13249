import { splitLines } from './bytes.ts';
import { splitHead } from './header.ts';
import { findQuoteMark } from './layout.ts';
import { isMail, readMail, readMbox } from './mail.ts';
import { isMbox } from './mbox.ts';
import { textParts } from './mime.ts';
import { readPage, readQuotation } from './page.ts';
import { type Bytes, joinFindings, type Message } from './types.ts';

/**
 * Reads a file of any kind: an mbox, a mail, a bare patch, the text or HTML of an archive page. A reply that quotes a
 * patch counts as one only where the file holds no other patch, since every review quotes.
 */
export function readSource(source: string, text: Bytes): Message[] {
  if (isMbox(text)) {
    const messages = readMbox(source, text);
    return messages.some(({ diff }) => diff.length > 0) ? messages : messages.map((one) => one);
  }
  if (!isMail(text)) return readPage(source, text);
  const messages = readMail(source, text, 1);
  if (messages.some(({ diff }) => diff.length > 0)) return messages;
  return [quotedIn(source, text, messages) ?? messages].flat();
}

function quotedIn(source: string, text: Bytes, messages: readonly Message[]): Message | undefined {
  const [mail] = messages;
  const { headers, body, headLines } = splitHead(text);
  const lines = textParts(headers, body, headLines + 1).flatMap((part) => part.lines);
  const mark = findQuoteMark(lines.length === 0 ? splitLines(body, headLines + 1) : lines);
  if (mail === undefined || mark === undefined) return undefined;
  const quotation = readQuotation(source, lines, mark, mail.findings);
  return { ...mail, ...quotation, subject: mail.subject, findings: joinFindings(quotation.findings) };
}
