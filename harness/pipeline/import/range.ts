import { listCommits, readCommits } from '../../host/mail/commits.ts';
import { findOwnChanges, type OwnChanges } from '../../host/mail/merges.ts';
import { findRange } from '../../host/mail/range.ts';
import { b4Cover, describedCover, type Keep, type MailMessage, messageOfCommit } from '../../import/index.ts';
import { type PlacedRemark, UserError } from '../../model/index.ts';
import { Changes, twinProblem } from './twins.ts';

/** What a range of commits holds, in the order in which its patches are to be applied. */
export interface ReadRange {
  readonly messages: readonly MailMessage[];
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
  readonly baseCommit?: string;
}

interface Place {
  readonly cwd: string;
  readonly keep: Keep;
  readonly signal: AbortSignal;
}

/**
 * Reads the commits of `git:PATH#A..B` or `git:PATH#BRANCH`. A merge is no patch, but for what it changes on top of what git
 * merges by itself; one that resolves conflicts is a problem, since the patches of its branches do not fit one on another.
 *
 * Throws UserError for a range that is not there or holds no commit.
 */
export async function readRange(word: string, { cwd, keep, signal }: Place): Promise<ReadRange> {
  const range = await findRange(word, cwd, signal);
  const { ids, merges, order, failure } = await listCommits(range.repository, range.words, signal);
  if (failure !== undefined)
    throw new UserError(`${word} can not be read`, { code: 'QB-IMPORT', hint: failure.trim() });
  const source = word.replace(/#.*$/, '');
  const place = (id: string): string => `${source}@${id.slice(0, 12)}`;
  const messages = new Map<string, MailMessage>();
  const notes: PlacedRemark[] = [];
  const changes = new Changes();
  for await (const commit of readCommits(range.repository, ids.toReversed(), signal)) {
    const message = messageOfCommit(place(commit.id), commit, keep);
    const cover = b4Cover(message);
    if (cover !== undefined) messages.set(commit.id, cover);
    else if (commit.diff !== '') {
      messages.set(commit.id, message);
      if (merges.size > 0) changes.add(commit.id, commit.diff);
    } else notes.push({ source: message.source, text: `"${message.subject.title}" changes nothing and is left out` });
  }
  notes.reverse();
  const own = await findOwnChanges(range.repository, merges, signal);
  for (const { commit } of carried(own)) {
    messages.set(commit.id, messageOfCommit(place(commit.id), commit, keep));
    const text = `the merge "${commit.title}" changes something by itself, which is a patch of the queue`;
    notes.push({ source: place(commit.id), text });
  }
  const inOrder = order.flatMap((id) => messages.get(id) ?? []);
  const { description } = range;
  if (description !== undefined && !inOrder.some(({ subject }) => subject.index === 0))
    inOrder.unshift(describedCover(source, description.text, description.tracking));
  if (!inOrder.some(({ subject }) => subject.index !== 0))
    throw new UserError(`there is no commit in ${range.text} of ${word}`, {
      code: 'QB-IMPORT',
      hint: 'expected git:PATH#A..B with B newer than A',
    });
  if (range.found !== undefined) notes.push({ text: `${range.text} is taken: it begins at ${range.found}` });
  notes.push(...mergeNotes(merges.size, own));
  const twins = await changes.twins(range.repository, signal);
  const again = twins.map(([later, first]) =>
    twinProblem(place(later), messages.get(later)?.subject.title ?? '', first.slice(0, 12)),
  );
  return {
    messages: inOrder,
    notes,
    problems: [...resolutions(own, place), ...again],
    ...(range.base === undefined ? {} : { baseCommit: range.base }),
  };
}

function carried({ found }: OwnChanges): OwnChanges['found'] {
  return found.filter(({ conflicts }) => conflicts.length === 0);
}

function mergeNotes(merges: number, own: OwnChanges): PlacedRemark[] {
  const left = merges - carried(own).length;
  if (left === 0) return [];
  const { length } = own.unknown;
  const unknown = length === 0 ? '' : `; whether ${length} of them resolve conflicts only git 2.38 or newer tells`;
  return [{ text: `merges are not patches: ${left} left out${unknown}` }];
}

const shownFiles = 5;

function resolutions({ found }: OwnChanges, place: (id: string) => string): PlacedRemark[] {
  return found.flatMap(({ commit, conflicts }) => {
    if (conflicts.length === 0) return [];
    const more = conflicts.length > shownFiles ? ` and ${conflicts.length - shownFiles} more files` : '';
    const files = conflicts.slice(0, shownFiles).join(', ') + more;
    const text = `the merge "${commit.title}" resolves conflicts in ${files}; no patch holds that, so the queue need not apply: make a branch without this merge (git rebase) and import that`;
    return [{ source: place(commit.id), text }];
  });
}
