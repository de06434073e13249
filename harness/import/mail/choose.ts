import { UserError } from '../../model/index.ts';
import { counted } from '../text/bytes.ts';
import type { MailMessage } from '../text/types.ts';
import { hasDiff } from './has-diff.ts';
import { noPatch } from './no-patch.ts';
import { titleKey } from './subject.ts';
import type { Threads } from './thread.ts';
import { isNumbered, mailsOf, type Work, workTitle } from './works.ts';

/** What to import: one series, or patches without numbers. */
export type SeriesChoice =
  | { readonly series: Work; readonly singles?: undefined }
  | { readonly series?: undefined; readonly singles: readonly Work[] };

export interface Choosing {
  readonly works: readonly Work[];
  readonly messages: readonly MailMessage[];
  readonly threads: Threads;
  readonly pick?: string;
}

/**
 * Chooses the series among all that the sources hold. Throws UserError when there is none, when several are there and
 * none is picked, and when none is the one that was asked for.
 */
export function chooseWork({ works, messages, threads, pick }: Choosing): SeriesChoice {
  const series = works.filter((work) => isNumbered(work) && holdsPatch(work));
  const singles = works.filter((work) => !isNumbered(work));
  if (series.length === 0 && singles.length === 0) throw nothingThere(messages);
  if (pick === undefined) {
    const [first, second] = series;
    if (first === undefined) return { singles: ofOneTree(singles) };
    if (second !== undefined) throw severalThere(series);
    return { series: first };
  }
  const own = messages.filter((message) => hasDiff(message) && isNamed(message, pick) && !isIn(message, works));
  if (own.length > 0) return { singles: own.map(asWork) };
  const meant = [...series, ...singles].filter(isMeant(pick, { works, messages, threads }));
  const [first, second] = meant.filter((work) => isNumbered(work));
  if (first !== undefined && second === undefined) return { series: first };
  if (second !== undefined) throw severalThere(meant.filter((work) => isNumbered(work)));
  if (meant.length > 0) return { singles: meant };
  throw new UserError(`no series in the source has "${pick}" in a title`, {
    code: 'QB-NAME',
    hint: `there is:\n${list([...series, ...singles])}`,
  });
}

/** Throws UserError for patches of which some are for one stable tree and some for another: a queue has one. */
function ofOneTree(singles: readonly Work[]): readonly Work[] {
  const named = new Set(singles.map(stableOf).filter((tree) => tree !== undefined));
  const [first] = singles;
  const titles = new Set(singles.map((work) => titleKey(workTitle(work))));
  const sameTitle = first !== undefined && named.size > 0 && titles.size < singles.length;
  if (named.size > 1 || sameTitle) throw severalThere(singles, 'patches for different trees');
  return singles;
}

function stableOf({ postings }: Work): string | undefined {
  return postings[0]?.stable;
}

function holdsPatch(work: Work): boolean {
  return mailsOf(work).some((message) => hasDiff(message) && message.subject.index !== 0);
}

function isIn(message: MailMessage, works: readonly Work[]): boolean {
  return works.some((work) => mailsOf(work).includes(message));
}

function asWork(message: MailMessage): Work {
  const { subject } = message;
  return { postings: [{ version: subject.version, total: 1, numbered: false, sender: '', messages: [message] }] };
}

function bareId(pick: string): string {
  return pick.replace(/^<|>$/g, '');
}

/** Whether a message id names this patch itself, or the mail that it is attached to. */
function isNamed({ messageId, carrier }: MailMessage, pick: string): boolean {
  const id = bareId(pick);
  return messageId === id || carrier === id;
}

function isMeant(pick: string, { works, messages, threads }: Choosing): (work: Work) => boolean {
  const named = messages.find((message) => isNamed(message, pick));
  if (named === undefined) {
    const text = pick.toLowerCase();
    // Of several trees a title can't tell which is meant.
    const tree = text.replace(/\.y$/, '');
    if (works.some((work) => stableOf(work) === tree)) return (work) => stableOf(work) === tree;
    return (work) => mailsOf(work).some(({ subject }) => subject.title.toLowerCase().includes(text));
  }
  // An answer to a patch names the series of the nearest one above it.
  for (const above of [named, ...threads.above(named)]) {
    const { messageId } = above;
    const holds = (work: Work): boolean =>
      mailsOf(work).some(
        (message) => message === above || (messageId !== undefined && message.messageId === messageId),
      );
    if (works.some(holds)) return holds;
  }
  const ids = new Set(named.references);
  return (work) => mailsOf(work).some(({ messageId }) => messageId !== undefined && ids.has(messageId));
}

function severalThere(series: readonly Work[], what = 'series'): UserError {
  return new UserError(`the source holds ${series.length} ${what}, and only one can be imported at a time`, {
    code: 'QB-IMPORT',
    hint: `choose with --pick and a part of a title, a message id, or the stable tree:\n${list(series)}`,
  });
}

function list(works: readonly Work[]): string {
  const titles = works.map(workTitle);
  const shown = works.slice(0, 30).map((work, at) => {
    const title = titles[at] ?? '';
    // Of one title only an id tells which is meant.
    const id = titles.indexOf(title) === titles.lastIndexOf(title) ? undefined : idOf(work);
    return `  "${title}" (${describeRevisions(work)}${forTree(work)}${id === undefined ? '' : `, <${id}>`})`;
  });
  return [...shown, ...(works.length > 30 ? [`  and ${works.length - 30} more`] : [])].join('\n');
}

function idOf(work: Work): string | undefined {
  return mailsOf(work).find(({ messageId }) => messageId !== undefined)?.messageId;
}

function forTree(work: Work): string {
  const tree = stableOf(work);
  return tree === undefined ? '' : `, for ${tree}`;
}

function describeRevisions({ postings }: Work): string {
  const versions = [...new Set(postings.map(({ version }) => version))].sort((a, b) => a - b);
  return versions
    .map((version) => {
      const of = postings.filter((one) => one.version === version).flatMap(({ messages }) => messages);
      const count = of.filter(({ subject }) => subject.index !== 0).length;
      return `${versions.length > 1 || version > 1 ? `v${version}: ` : ''}${counted(count, 'patch', 'patches')}`;
    })
    .join(', ');
}

function nothingThere(messages: readonly MailMessage[]): UserError {
  const [first] = messages;
  const cover = messages.find(({ subject }) => subject.index === 0);
  const location = first === undefined ? {} : { location: { file: first.source, line: (cover ?? first).line } };
  if (cover !== undefined) {
    return new UserError(
      `only the cover letter of "${cover.subject.title}" is there, none of its ${cover.subject.total ?? 0} patches`,
      {
        code: 'QB-IMPORT',
        ...location,
        hint: 'save the whole thread as an mbox, or give the patches as further arguments',
      },
    );
  }
  return noPatch(
    messages,
    `${counted(messages.length, 'message')} read; expected a unified diff, as a mail, a file, or on the page of an archive`,
  );
}
