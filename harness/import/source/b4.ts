import { hasDiff } from '../mail/has-diff.ts';
import { parseSubject } from '../mail/subject.ts';
import { type MailMessage, noFindings } from '../text/types.ts';

const mark = /^--- b4-submit-tracking ---$/m;

/**
 * The cover letter that `b4 prep` keeps in an empty commit of the branch, as one of a mail; undefined for any other
 * commit. The lines below its mark tell the revision and the change id.
 */
export function b4Cover(message: MailMessage): MailMessage | undefined {
  const found = mark.exec(message.text);
  if (found === null || hasDiff(message)) return undefined;
  return asCover(message, message.text.slice(0, found.index), message.text.slice(found.index));
}

/**
 * The cover letter that the description of a branch is: its first line is the title.
 *
 * @param tracking what b4 keeps of a branch, as JSON
 */
export function describedCover(source: string, description: string, tracking = ''): MailMessage {
  const lines = description.split('\n').filter((line) => !line.startsWith('#'));
  const first = Math.max(
    0,
    lines.findIndex((line) => line.trim() !== ''),
  );
  const subject = parseSubject(lines[first] ?? '');
  const text = lines.slice(first + 1).join('\n');
  const empty = { source, line: 1, references: [], below: [], diff: [], mangled: false, findings: noFindings() };
  return asCover({ ...empty, subject, text }, text, tracking);
}

function asCover(message: MailMessage, words: string, tracking: string): MailMessage {
  const value = (key: string): string | undefined => {
    const match = new RegExp(`"${key}": *(?:"(?<text>[^"]*)"|(?<number>\\d+))`).exec(tracking);
    return match?.groups?.['text'] ?? match?.groups?.['number'];
  };
  const version = Number(value('revision') ?? message.subject.version);
  const changeId = value('change-id');
  const text = words.trim();
  return {
    ...message,
    subject: { ...message.subject, version: version > 0 ? version : 1, index: 0, total: 0 },
    text: changeId === undefined ? text : `${text}\n\nchange-id: ${changeId}`,
    ...(changeId === undefined ? {} : { changeId }),
  };
}
