import type { MailMessage } from '../text/types.ts';
import type { AssembleOptions, Assembly, Said } from './assembly.ts';
import { changeOfMessage } from './change.ts';
import { chooseWork } from './choose.ts';
import { hasDiff } from './has-diff.ts';
import { noteLeftOut } from './left-out.ts';
import { frontOf, withoutNeeded } from './needed.ts';
import { assembleNumbered } from './numbered.ts';
import { senderOf } from './posting.ts';
import { findPostings, withOwnNumbers } from './postings.ts';
import { assembleSingles } from './singles.ts';
import { describeSubject, titleKey } from './subject.ts';
import { isPosted, Threads } from './thread.ts';
import { findWorks } from './works.ts';

/**
 * Chooses and orders the patches of a series among all messages of the sources.
 *
 * Throws UserError when there is no patch at all, when several series are there and none is picked, and for a revision
 * that is not there. A number that is missing is a problem in the result, and so is a patch of nobody's series.
 */
export function assemble(given: readonly MailMessage[], options: AssembleOptions = {}): Assembly {
  const said: Said = { repairs: [], notes: [], problems: [] };
  const distinct = withoutCopies(given);
  const threads = new Threads(distinct);
  const messages = withOwnNumbers(distinct, threads);
  const candidates = messages.filter(preferred(messages));
  const numbered = candidates.filter(
    (message) => message.subject.index !== undefined && (message.subject.index === 0 || hasDiff(message)),
  );
  tellEmpty(messages, threads, said);
  const single = candidates.filter((message) => message.subject.index === undefined && hasDiff(message));
  const postings = [...findPostings(numbered, threads), ...single.map((message) => singlePosting(message))];
  const works = findWorks(postings, threads);
  const wanted = options.pick === undefined ? withoutNeeded(works) : works;
  const choice = chooseWork({ works: wanted, messages, threads, ...options });
  const assembly =
    choice.series === undefined
      ? assembleSingles(choice.singles, messages, options, said)
      : assembleNumbered(choice.series, { all: given, messages, revision: options.revision }, said);
  tellQuoted(assembly.patches, said);
  const { front, offers } = frontOf(assembly, works);
  noteLeftOut({ messages, assembly, front, taken: choice, picked: options.pick !== undefined }, said);
  return { ...assembly, offers };
}

function singlePosting(message: MailMessage): ReturnType<typeof findPostings>[number] {
  return {
    version: message.subject.version,
    total: 1,
    numbered: false,
    sender: senderOf(message),
    stable: message.subject.stable,
    messages: [message],
  };
}

/** Of two copies of one mail, for instance from two lists, the first one counts. */
function withoutCopies(messages: readonly MailMessage[]): readonly MailMessage[] {
  const seen = new Set<string>();
  return messages.filter((message) => {
    const { messageId, carrier, subject } = message;
    if (messageId === undefined || carrier !== undefined) return true;
    // Two patches without numbers under one id are two all the same.
    const change = subject.index === undefined ? changeOfMessage(message) : String(hasDiff(message));
    const key = `${messageId} ${subject.version} ${subject.index ?? ''} ${subject.title} ${change}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Who holds the patches: those who sent them; else those who passed them on; else answers. */
function preferred(messages: readonly MailMessage[]): (message: MailMessage) => boolean {
  const tests: readonly ((message: MailMessage) => boolean)[] = [isPosted, ({ subject }) => !subject.reply, () => true];
  const holds = (test: (message: MailMessage) => boolean): boolean =>
    messages.some((message) => test(message) && hasDiff(message) && message.subject.index !== 0);
  return tests.find(holds) ?? isPosted;
}

/** A diff in an answer is a remark on the patch that it quotes, and has the title of that one. */
function tellQuoted(patches: readonly MailMessage[], said: Said): void {
  for (const { source, line, subject, text } of patches) {
    if (!subject.reply || !/^[ >|]*> ?(?:diff --git |@@ -\d)/m.test(text)) continue;
    const what = `the answer "${subject.title}" quotes a patch, which is not in the queue, and holds another diff, which is: add the mail with that patch to the sources`;
    said.problems.push({ source, line, text: what });
  }
}

/** Not every mail program puts `Re:` in front of an answer to a patch. */
function isAnswer(message: MailMessage, threads: Threads): boolean {
  const above = threads.parent(message);
  return above !== undefined && hasDiff(above) && titleKey(above.subject.title) === titleKey(message.subject.title);
}

function tellEmpty(messages: readonly MailMessage[], threads: Threads, said: Said): void {
  for (const message of messages) {
    const { source, line, subject, findings } = message;
    if (!isPosted(message) || subject.index === 0 || hasDiff(message) || isAnswer(message, threads)) continue;
    // Of a numbered one it is told as well that it is missing.
    if (subject.index !== undefined)
      said.notes.push({ source, line, text: `${describeSubject(subject)} "${subject.title}" holds no diff` });
    else if (subject.patch && findings.problems.length === 0)
      said.problems.push({ source, line, text: `the mail "${subject.title}" is named a patch and holds no diff` });
  }
}
