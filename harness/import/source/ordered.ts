import { type PlacedRemark, UserError } from '../../model/index.ts';
import type { Assembly } from '../mail/assembly.ts';
import { coverTitle } from '../mail/cover-title.ts';
import { hasDiff } from '../mail/has-diff.ts';
import { noPatch } from '../mail/no-patch.ts';
import { counted } from '../text/bytes.ts';
import type { MailMessage } from '../text/types.ts';

/** Messages from a source that has an order of its own: a range of commits, a quilt queue, a list of files. */
export interface OrderedMessages {
  readonly messages: readonly MailMessage[];
  /** A part of a title, or a message id: only these patches are taken. */
  readonly pick?: string;
  readonly baseCommit?: string;
}

/**
 * Takes patches as they come. Numbers, revisions and titles mean nothing here: a queue may hold `[PATCH 3/7]` of one
 * series beside `[PATCH 1/12]` of another, and two patches of one title. A message without a diff is a cover letter or a
 * problem.
 *
 * Throws UserError when there is no patch, or none that was asked for.
 */
export function assembleInOrder({ messages, pick, baseCommit }: OrderedMessages): Assembly {
  const problems: PlacedRemark[] = [];
  const patches: MailMessage[] = [];
  const others: MailMessage[] = [];
  let cover: MailMessage | undefined;
  for (const message of messages) {
    const { source, line, subject } = message;
    if (subject.index === 0 && cover === undefined && !hasDiff(message)) cover = message;
    else if (!hasDiff(message)) {
      problems.push({
        source,
        line,
        text: `${subject.title === '' ? 'the patch' : `"${subject.title}"`} holds no diff, so it is not in the queue`,
      });
      for (const found of message.findings.problems) problems.push({ source, ...found });
    } else if (isMeant(message, pick)) patches.push(message);
    else others.push(message);
  }
  const [first] = patches;
  if (first === undefined) throw nothingThere(messages, pick);
  const made = baseCommit ?? [cover, ...patches].find((message) => message?.baseCommit !== undefined)?.baseCommit;
  return {
    title: coverTitle(cover) ?? first.subject.title,
    patches,
    version: cover?.subject.version ?? 1,
    missing: [],
    repairs: [],
    notes: [],
    problems,
    // What was not picked is offered patch by patch: here nothing says which belong together.
    offers: others.map((message) => ({ version: message.subject.version, patches: [message] })),
    ...(cover === undefined ? {} : { cover }),
    ...(made === undefined ? {} : { baseCommit: made }),
  };
}

function isMeant({ subject, messageId }: MailMessage, pick: string | undefined): boolean {
  if (pick === undefined) return true;
  return messageId === pick.replace(/^<|>$/g, '') || subject.title.toLowerCase().includes(pick.toLowerCase());
}

function nothingThere(messages: readonly MailMessage[], pick: string | undefined): UserError {
  const read = counted(messages.length, 'message');
  if (pick !== undefined && messages.some(hasDiff))
    return new UserError(`no patch in the source has "${pick}" in its title`, {
      code: 'QB-IMPORT',
      hint: `${read} read`,
    });
  return noPatch(messages, `${read} read; expected a unified diff in each`);
}

/**
 * Whether the numbers in the titles put a list of files in order better than the list does: all are of one total, no
 * number is there twice within a revision. Mails that were saved one by one are such a list.
 */
export function isNumberedFile(messages: readonly MailMessage[]): boolean {
  const seen = new Set<string>();
  const total = messages[0]?.subject.total;
  return (
    total !== undefined &&
    messages.every(({ subject }) => {
      const key = `${subject.version} ${subject.stable ?? ''} ${subject.index ?? 'none'}`;
      const fresh = !seen.has(key);
      seen.add(key);
      return fresh && subject.index !== undefined && (subject.total === total || subject.version > 1) && !subject.reply;
    })
  );
}
