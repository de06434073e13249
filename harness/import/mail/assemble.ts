import { defined, UserError } from '../../model/index.ts';
import { plural } from '../text/bytes.ts';
import type { Message, PlacedRemark } from '../text/types.ts';
import { byIndex, type Cluster, clusterTitle, findClusters } from './clusters.ts';
import { describeSubject, titleKey } from './subject.ts';

export interface AssembleOptions {
  /** Take this revision instead of the newest. */
  readonly revision?: number;
  /** A part of a title, or a message id: which of several series is meant. */
  readonly pick?: string;
}

/** The patches of one revision of one series, in their order. */
export interface Assembly {
  readonly title: string;
  readonly patches: readonly Message[];
  readonly cover?: Message;
  readonly version: number;
  /** Numbers that no patch has. */
  readonly missing: readonly number[];
  readonly total?: number;
  readonly baseCommit?: string;
  readonly repairs: readonly PlacedRemark[];
  readonly notes: readonly PlacedRemark[];
  readonly problems: readonly PlacedRemark[];
}

interface Said {
  readonly repairs: PlacedRemark[];
  readonly notes: PlacedRemark[];
  readonly problems: PlacedRemark[];
}

/**
 * Chooses and orders the patches of a series among all messages of the sources.
 *
 * Throws UserError when there is no patch at all, when several series are there and none is picked, and for a revision
 * that is not there. A number that is missing is a problem in the result.
 */
export function assemble(messages: readonly Message[], options: AssembleOptions = {}): Assembly {
  const said: Said = { repairs: [], notes: [], problems: [] };
  const sent = messages.filter(({ subject }) => !subject.reply);
  const numbered = sent.filter(
    ({ subject, diff }) => subject.index === 0 || (subject.index !== undefined && diff.length > 0),
  );
  const numberedPatches = numbered.filter(({ diff, subject }) => diff.length > 0 && subject.index !== 0);
  for (const { source, line, subject } of sent) {
    if (
      subject.index !== undefined &&
      subject.index > 0 &&
      !numbered.some((one) => one.line === line && one.source === source)
    ) {
      said.notes.push({ source, line, text: `${describeSubject(subject)} "${subject.title}" holds no diff` });
    }
  }
  if (numberedPatches.length === 0) return assembleSingles(messages, options, said);
  const clusters = findClusters(numbered).filter(({ messages: all }) =>
    all.some(({ diff, subject }) => diff.length > 0 && subject.index !== 0),
  );
  const cluster = pickCluster(clusters, options.pick, messages);
  const assembly = assembleNumbered(cluster, messages, options.revision, said);
  noteLeftOut(messages, cluster, said);
  return assembly;
}

function pickCluster(clusters: readonly Cluster[], pick: string | undefined, messages: readonly Message[]): Cluster {
  const wanted = pick === undefined ? clusters : clusters.filter((cluster) => isMeant(cluster, pick, messages));
  const [first, second] = wanted;
  if (first !== undefined && second === undefined) return first;
  const list = clusters.map((cluster) => `  "${clusterTitle(cluster)}" (${describeRevisions(cluster)})`).join('\n');
  if (first === undefined)
    throw new UserError(`no series in the source has "${pick ?? ''}" in a title`, { hint: `there is:\n${list}` });
  throw new UserError(`the source holds ${clusters.length} series, and only one can be imported at a time`, {
    hint: `choose with --pick and a part of a title or a message id:\n${list}`,
  });
}

function isMeant({ messages }: Cluster, pick: string, all: readonly Message[]): boolean {
  const id = pick.replace(/^<|>$/g, '');
  const named = all.find((message) => message.messageId === id);
  // An answer to a patch names its series as well.
  if (named !== undefined)
    return messages.some(({ messageId }) => messageId === id || named.references.includes(messageId ?? ''));
  const text = pick.toLowerCase();
  return messages.some(({ subject }) => subject.title.toLowerCase().includes(text));
}

function describeRevisions({ messages }: Cluster): string {
  const versions = [...new Set(messages.map(({ subject }) => subject.version))].sort((a, b) => a - b);
  return versions
    .map((version) => {
      const of = messages.filter(({ subject }) => subject.version === version && subject.index !== 0);
      return `${versions.length > 1 || version > 1 ? `v${version}: ` : ''}${plural(of.length, 'patch', 'patches')}`;
    })
    .join(', ');
}

function assembleNumbered(
  { messages }: Cluster,
  all: readonly Message[],
  revision: number | undefined,
  said: Said,
): Assembly {
  const versions = [...new Set(messages.map(({ subject }) => subject.version))].sort((a, b) => b - a);
  const version = revision ?? versions[0] ?? 1;
  if (!versions.includes(version)) {
    throw new UserError(`there is no revision ${version} of "${clusterTitle({ messages })}" in the source`, {
      hint: `it has: ${versions.join(', ')}`,
    });
  }
  for (const other of versions.filter((one) => one !== version)) {
    const count = messages.filter(({ subject }) => subject.version === other).length;
    said.notes.push({
      text: `${plural(count, 'message')} of revision ${other} left out, revision ${version} is taken`,
    });
  }
  const mine = messages.filter(({ subject }) => subject.version === version);
  // Two series of one revision can only be told apart by what they count to; the one that came last counts.
  const total = mine.findLast(({ diff }) => diff.length > 0)?.subject.total ?? 0;
  const counted = mine.filter(({ subject }) => subject.total === total);
  if (counted.length < mine.length) {
    said.problems.push({
      text: `two numberings are mixed: ${plural(counted.length, 'message')} of ${total}, ${mine.length - counted.length} of another number; those of ${total} are taken`,
    });
  }
  const chosen = dropDuplicates(counted, said);
  const cover = chosen.find(({ subject }) => subject.index === 0);
  const inSource = chosen.filter(({ subject, diff }) => subject.index !== 0 && diff.length > 0);
  const patches = inSource.toSorted(byIndex);
  tellOrder(inSource, patches, said);
  // Somebody who brings one patch knows that it is one of many.
  const alone = patches.length === 1 && total > 1 && all.length === 1;
  if (alone) said.notes.push({ text: `this is one patch of ${total}: ${patches[0]?.subject.index ?? '?'}/${total}` });
  const missing = alone ? [] : missingNumbers(patches, total);
  tellMissing(missing, total, messages, said);
  const baseCommit = [cover, ...patches].find((message) => message?.baseCommit !== undefined)?.baseCommit;
  return {
    title: cover?.subject.title ?? patches[0]?.subject.title ?? '',
    patches,
    version,
    missing,
    total,
    ...said,
    ...defined({ cover, baseCommit }),
  };
}

/** Of two messages with the same number the later one counts, which is how patches are sent again. */
function dropDuplicates(messages: readonly Message[], said: Said): Message[] {
  const byNumber = new Map<number, Message>();
  for (const message of messages) {
    const index = message.subject.index ?? 0;
    const earlier = byNumber.get(index);
    byNumber.set(index, message);
    if (
      earlier === undefined || earlier.messageId === undefined
        ? earlier === undefined
        : earlier.messageId === message.messageId
    )
      continue;
    const { source, line } = earlier ?? message;
    said.notes.push({
      source,
      line,
      text: `${describeSubject(message.subject)} is there twice; the one of ${message.source}:${message.line} is taken`,
    });
  }
  return messages.filter((message) => byNumber.get(message.subject.index ?? 0) === message);
}

function tellOrder(inSource: readonly Message[], patches: readonly Message[], said: Said): void {
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

function missingNumbers(patches: readonly Message[], total: number): number[] {
  const there = new Set(patches.map(({ subject }) => subject.index));
  // A subject may claim anything; nobody sends more.
  return Array.from({ length: Math.min(total, 9999) }, (_, index) => index + 1).filter((number) => !there.has(number));
}

function tellMissing(missing: readonly number[], total: number, messages: readonly Message[], said: Said): void {
  for (const number of missing.slice(0, 20)) {
    const older = messages.find(({ subject }) => subject.index === number);
    const hint =
      older === undefined ? '' : `; revision ${older.subject.version} has one (${older.source}:${older.line})`;
    said.problems.push({ text: `patch ${number}/${total} is missing${hint}` });
  }
  if (missing.length > 20) said.problems.push({ text: `${missing.length - 20} more patches of ${total} are missing` });
}

/** Patches without numbers: each as it comes, the newest revision where a title is there in several. */
function assembleSingles(messages: readonly Message[], { revision, pick }: AssembleOptions, said: Said): Assembly {
  const all = messages.filter(({ diff }) => diff.length > 0);
  const sent = all.filter(({ subject }) => !subject.reply);
  const candidates = sent.length > 0 ? sent : all;
  if (candidates.length === 0) throw nothingThere(messages);
  const picked = candidates.filter(
    ({ subject, messageId }) =>
      (pick === undefined || subject.title.toLowerCase().includes(pick.toLowerCase()) || messageId === pick) &&
      (revision === undefined || subject.version === revision),
  );
  const newest = new Map<string, Message>();
  for (const message of picked) {
    const key = titleKey(message.subject.title) || `${message.source}:${message.line}`;
    const earlier = newest.get(key);
    if (earlier !== undefined) {
      const keep = message.subject.version >= earlier.subject.version ? message : earlier;
      const drop = keep === message ? earlier : message;
      said.notes.push({
        source: drop.source,
        line: drop.line,
        text: `"${drop.subject.title}" is there again (${keep.source}:${keep.line}), which is taken`,
      });
      newest.set(key, keep);
    } else newest.set(key, message);
  }
  const patches = picked.filter((message) => [...newest.values()].includes(message));
  const [first] = patches;
  if (first === undefined) {
    throw new UserError('no patch in the source is the one that was asked for', {
      hint: `there is: ${candidates.map(({ subject }) => `"${subject.title}"`).join(', ')}`,
    });
  }
  const baseCommit = patches.find((message) => message.baseCommit !== undefined)?.baseCommit;
  return {
    title: first.subject.title,
    patches,
    version: first.subject.version,
    missing: [],
    ...said,
    ...defined({ baseCommit }),
  };
}

function nothingThere(messages: readonly Message[]): UserError {
  const [first] = messages;
  const cover = messages.find(({ subject }) => subject.index === 0);
  const location = first === undefined ? {} : { location: { file: first.source, line: (cover ?? first).line } };
  if (cover !== undefined) {
    return new UserError(
      `only the cover letter of "${cover.subject.title}" is there, none of its ${cover.subject.total ?? 0} patches`,
      {
        ...location,
        hint: 'save the whole thread as an mbox, or give the patches as further arguments',
      },
    );
  }
  return new UserError(`there is no patch in ${first?.source ?? 'the source'}`, {
    ...(messages.length === 1 ? location : {}),
    hint: `${plural(messages.length, 'message')} read; expected a unified diff, as a mail, a file, or on the page of an archive`,
  });
}

function noteLeftOut(messages: readonly Message[], cluster: Cluster, said: Said): void {
  const inside = new Set<Message>(cluster.messages);
  const left = messages.filter((message) => message.diff.length > 0 && !inside.has(message));
  for (const { source, line, subject } of left.slice(0, 5)) {
    const what = subject.reply ? 'the answer' : 'the patch';
    said.notes.push({ source, line, text: `${what} "${subject.title}" left out: it has no number in the series` });
  }
  if (left.length > 5) said.notes.push({ text: `${left.length - 5} more patches of no or another series left out` });
}
