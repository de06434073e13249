import { formatAddress } from '../mail/address.ts';
import { withTrailers } from '../mail/trailers.ts';
import type { RecoveredPatch } from '../recover/recover.ts';
import { joinText, toBytes } from '../text/bytes.ts';
import type { Bytes, MailMessage, Remark } from '../text/types.ts';

/** File name of a patch, made of its title as `git format-patch` makes it; no name is in `taken`. */
export function patchFileName(title: string, taken: ReadonlySet<string>): string {
  const slug = title
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9._]+/g, '-')
    .replace(/\.\.+/g, '.')
    .replace(/^[-.]+/, '')
    .slice(0, 52)
    .replace(/[-.]+$/, '');
  const stem = slug === '' ? 'patch' : slug;
  for (let number = 1; ; number++) {
    const name = number === 1 ? `${stem}.patch` : `${stem}-${number}.patch`;
    // The queue's own files have no such ending, so nothing else can be in the way.
    if (!taken.has(name)) return name;
  }
}

/** Head and text of a mail; what they hold beyond ASCII is UTF-8, and the head says so. */
function mailText({ author, date, subject, messageId }: MailMessage, text: readonly string[]): Bytes {
  const fields = [
    ...(author === undefined ? [] : [`From: ${formatAddress(author)}`]),
    ...(date === undefined ? [] : [`Date: ${date}`]),
    `Subject: ${subject.title}`,
    ...(messageId === undefined ? [] : [`Message-ID: <${messageId}>`]),
  ];
  const all = [...fields, '', ...text].join('\n');
  const bytes = toBytes(all);
  if (bytes === all) return all;
  const charset = ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit'];
  return toBytes([...fields, ...charset, '', ...text].join('\n'));
}

/** Lines of a description that whoever applies the patch would take for its diff get a space in front. */
function asProse(text: string): string {
  return text.replace(/^(?=diff -|Index: \S|--- \S|\+\+\+ \S|@@+ -\d|\*\*\* \S|---\s*$)/gm, ' ');
}

/**
 * The mail-formatted patch: head, message, then below `---` the notes of those who passed it on, what else stood there,
 * and the diff.
 */
export function patchText(patch: RecoveredPatch, trailers: readonly string[], notes: readonly Remark[]): Bytes {
  const { message, diff } = patch;
  const text = asProse(withTrailers(message.text, trailers));
  const remarks = notes.map((note) => `Note: ${note.text}`);
  const above = mailText(message, [...(text === '' ? [] : [text]), '---', ...remarks]);
  // The diffstat of a page tells of the diff as it was before it got damaged.
  const below = message.mangled ? '' : asProse(joinText(message.below));
  return [above, ...(below === '' ? [] : [below]), '', diff].join('\n');
}

/** The cover letter, for those who read the queue. */
export function coverText(cover: MailMessage): Bytes {
  return mailText(cover, [cover.text.trim(), '']);
}

export interface SeriesEntry {
  readonly file: string;
  readonly whole: boolean;
  /** Number in the series, where it has one. */
  readonly index?: number;
}

/** The `series` file. A patch that is not whole stands there as a comment, so that nobody applies it by mistake. */
export function seriesText(
  title: string,
  entries: readonly SeriesEntry[],
  more: {
    readonly missing: readonly number[];
    readonly total?: number;
    readonly baseCommit?: string;
    readonly version: number;
  },
): string {
  const lines: string[] = [`# ${title}${more.version > 1 ? ` (revision ${more.version})` : ''}`];
  if (more.baseCommit !== undefined) lines.push(`# base-commit: ${more.baseCommit}`);
  const missing = [...more.missing];
  const tellMissing = (before: number): void => {
    while ((missing[0] ?? Number.POSITIVE_INFINITY) < before)
      lines.push(`# ${missing.shift() ?? ''}/${more.total ?? '?'} is missing`);
  };
  const listMissing = missing.length <= 20;
  for (const { file, whole, index } of entries) {
    if (listMissing && index !== undefined) tellMissing(index);
    lines.push(whole ? file : `# ${file} is not whole: complete it, then remove the comment sign`);
  }
  if (listMissing) tellMissing(Number.POSITIVE_INFINITY);
  return `${lines.join('\n')}\n`;
}
