import type { Front } from '../base/front.ts';
import type { MailMessage } from '../text/types.ts';
import type { Assembly, Said } from './assembly.ts';
import type { SeriesChoice } from './choose.ts';
import { hasDiff } from './has-diff.ts';
import { describeSubject } from './subject.ts';
import { isPosted } from './thread.ts';
import { mailsOf } from './works.ts';

export interface LeftOut {
  readonly messages: readonly MailMessage[];
  readonly assembly: Assembly;
  /** What the series needs first is no loss. */
  readonly front: readonly Front[];
  readonly taken: SeriesChoice;
  /** Somebody said which patches are meant. */
  readonly picked: boolean;
}

/** Told one by one; more are counted. */
const told = 5;

/**
 * Tells of every patch that is in the sources and not in the queue. One that was posted beside the series is a problem
 * unless the series was picked; one in an answer, or passed on, is worth a note.
 */
export function noteLeftOut({ messages, assembly, front, taken, picked }: LeftOut, said: Said): void {
  const works = taken.series === undefined ? taken.singles : [taken.series];
  const needed = front.flatMap(({ patches }) => patches);
  const inside = new Set<MailMessage>([...assembly.patches, ...needed, ...works.flatMap(mailsOf)]);
  const left = messages.filter((message) => hasDiff(message) && message.subject.index !== 0 && !inside.has(message));
  const answers = left.filter((message) => picked || !isPosted(message));
  const posted = left.filter((message) => !answers.includes(message));
  for (const { source, line, subject, carrier } of answers.slice(0, told)) {
    const attached = carrier === undefined ? '' : ', attached to an answer,';
    const what = subject.reply ? 'the answer' : subject.forward ? 'the passed on patch' : 'the patch';
    said.notes.push({
      source,
      line,
      text: `${what} "${subject.title}"${attached} left out: it is not part of the series`,
    });
  }
  if (answers.length > told)
    said.notes.push({ text: `${answers.length - told} more patches in answers or of other series left out` });
  for (const { source, line, subject } of posted.slice(0, told)) {
    const name = subject.index === undefined ? `"${subject.title}"` : `${describeSubject(subject)} "${subject.title}"`;
    said.problems.push({
      source,
      line,
      text: `the patch ${name} is not part of the series and not in the queue: choose with --pick, or import it by itself`,
    });
  }
  for (const message of messages) {
    if (inside.has(message) || !isPosted(message)) continue;
    for (const { line, text } of message.findings.problems) said.problems.push({ source: message.source, line, text });
  }
  if (posted.length > told)
    said.problems.push({
      text: `${posted.length - told} more patches are not part of the series and not in the queue`,
    });
}
