import { defined, UserError } from '../../model/index.ts';
import { counted } from '../text/bytes.ts';
import type { MailMessage } from '../text/types.ts';
import type { Assembly, Said } from './assembly.ts';
import { tellCoverDiff } from './cover-diff.ts';
import { coverTitle } from './cover-title.ts';
import { hasDiff } from './has-diff.ts';
import { byIndex, numbersText } from './order.ts';
import { areStrangers, sentBy } from './people.ts';
import type { Posting } from './posting.ts';
import { choosePosting, withoutOthers } from './posting-choice.ts';
import { fillReroll } from './reroll.ts';
import { describeSubject } from './subject.ts';
import { type Work, workTitle } from './works.ts';

interface Sources {
  /** As they were given, copies included. */
  readonly all: readonly MailMessage[];
  readonly messages: readonly MailMessage[];
  readonly revision: number | undefined;
}

/** Puts one revision of a series together. Throws UserError for a revision that is not there. */
export function assembleNumbered(found: Work, { all, messages, revision }: Sources, said: Said): Assembly {
  const work = withoutOthers(found, revision, said);
  const withPatches = work.postings.filter((posting) => posting.messages.some(isPatch));
  const versions = [...new Set(withPatches.map(({ version }) => version))].sort((a, b) => b - a);
  const version = revision ?? versions[0] ?? 1;
  if (!versions.includes(version)) {
    throw new UserError(`there is no revision ${version} of "${workTitle(work)}" in the source`, {
      code: 'QB-IMPORT',
      hint: `it has: ${versions.join(', ')}`,
    });
  }
  const chosen = choosePosting(
    withPatches.filter((posting) => posting.version === version),
    said,
  );
  const { total } = chosen;
  const own = dropDuplicates(chosen.messages, said);
  const { messages: complete, rerolled } = fillReroll({ chosen, own, work, said });
  if (!rerolled) tellOtherRevisions(work, chosen, said);
  const filled = [...complete, ...passedOn(complete, chosen, messages, said)];
  const cover = filled.find(({ subject }) => subject.index === 0);
  const inSource = filled.filter(isPatch);
  const patches = inSource.toSorted(byIndex);
  if (!rerolled) tellOrder(inSource, patches, said);
  // Somebody who brings one patch knows that it is one of many.
  const alone = patches.length === 1 && total > 1 && all.length === 1;
  if (alone) said.notes.push({ text: `this is one patch of ${total}: ${patches[0]?.subject.index ?? '?'}/${total}` });
  const missing = alone || !chosen.numbered ? [] : missingNumbers(patches, total);
  tellMissing(missing, total, work, said);
  tellCoverDiff(cover, patches, said);
  const baseCommit = [cover, ...patches].find((message) => message?.baseCommit !== undefined)?.baseCommit;
  const title = coverTitle(cover) ?? patches[0]?.subject.title ?? '';
  return { title, patches, version, missing, total, ...said, ...defined({ cover, baseCommit }) };
}

function isPatch(message: MailMessage): boolean {
  return message.subject.index !== 0 && hasDiff(message);
}

/** Of two messages with the same number the later one counts, which is how patches are sent again. */
function dropDuplicates(messages: readonly MailMessage[], said: Said): MailMessage[] {
  const byNumber = new Map<number, MailMessage>();
  for (const message of messages) {
    const index = message.subject.index ?? 0;
    const earlier = byNumber.get(index);
    byNumber.set(index, message);
    if (earlier === undefined) continue;
    const { source, line } = earlier;
    said.notes.push({
      source,
      line,
      text: `${describeSubject(message.subject)} appears twice; the one of ${message.source}:${message.line} is taken`,
    });
  }
  return messages.filter((message) => byNumber.get(message.subject.index ?? 0) === message);
}

function tellOtherRevisions({ postings }: Work, chosen: Posting, said: Said): void {
  const { version } = chosen;
  for (const other of new Set(postings.map((posting) => posting.version))) {
    if (other === version) continue;
    const messages = postings.filter((posting) => posting.version === other).flatMap((posting) => posting.messages);
    const by = areStrangers(chosen, { messages })
      ? [`, by ${sentBy(messages[0])},`, `, by ${sentBy(chosen.messages[0])},`]
      : ['', ''];
    said.notes.push({
      text: `${counted(messages.length, 'message')} of revision ${other}${by[0] ?? ''} left out, revision ${version}${by[1] ?? ''} is taken`,
    });
  }
}

/** A patch that got lost may be there as somebody passed it on. */
function passedOn(
  own: readonly MailMessage[],
  { total, version }: Posting,
  messages: readonly MailMessage[],
  said: Said,
): MailMessage[] {
  const there = new Set(own.filter(isPatch).map(({ subject }) => subject.index));
  const found: MailMessage[] = [];
  for (const message of messages) {
    const { subject, source, line } = message;
    if (!subject.forward || subject.reply || !isPatch(message) || subject.index === undefined) continue;
    if (subject.total !== total || subject.version !== version || there.has(subject.index)) continue;
    there.add(subject.index);
    found.push(message);
    said.notes.push({ source, line, text: `${describeSubject(subject)} was found only in a forwarded copy` });
  }
  return found;
}

function tellOrder(inSource: readonly MailMessage[], patches: readonly MailMessage[], said: Said): void {
  const oneSource = new Set(inSource.map(({ source }) => source)).size === 1;
  if (!oneSource || inSource.every((message, index) => message === patches[index])) return;
  const { source, line } = inSource[0] ?? { source: '', line: 1 };
  const order = inSource.map(({ subject }) => subject.index).join(', ');
  said.repairs.push({
    source,
    line,
    text: `patches put into the order of their numbers; the source has ${order.length > 60 ? `${order.slice(0, 57)}...` : order}`,
  });
}

function missingNumbers(patches: readonly MailMessage[], total: number): number[] {
  const there = new Set(patches.map(({ subject }) => subject.index));
  // A subject may claim anything; nobody sends more.
  return Array.from({ length: Math.min(total, 9999) }, (_, index) => index + 1).filter((number) => !there.has(number));
}

const shownNumbers = 20;

function tellMissing(missing: readonly number[], total: number, { postings }: Work, said: Said): void {
  if (missing.length === 0) return;
  const shown = missing.slice(0, shownNumbers);
  const more = missing.length > shownNumbers ? ` and ${missing.length - shownNumbers} more` : '';
  const older = shown.flatMap((number) => {
    const found = postings.flatMap(({ messages }) => messages).find(({ subject }) => subject.index === number);
    return found === undefined ? [] : [found];
  });
  const hint = older.map(
    ({ subject, source, line }) =>
      `revision ${subject.version} has ${missing.length === 1 ? 'one' : `a ${subject.index ?? 0}/${subject.total ?? 0}`} (${source}:${line})`,
  );
  const names =
    more === '' ? numbersText(shown, total) : `${shown.map((number) => `${number}/${total}`).join(', ')}${more}`;
  const what = missing.length === 1 ? `patch ${names} is` : `patches ${names} are`;
  said.problems.push({ text: [`${what} missing`, ...hint].join('; ') });
}
