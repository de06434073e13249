import { adjacent } from '../diff/loose.ts';
import { skipHunks } from '../diff/skip.ts';
import { startsNamedDiff } from '../diff/structure.ts';
import { isBlank } from '../text/bytes.ts';
import { readChangeset } from '../text/changeset.ts';
import type { TextLine } from '../text/types.ts';

export interface SplitBody {
  /** Header lines at the top of the body, `From: …` and the like, which overrule the mail's own. */
  readonly inHead: ReadonlyMap<string, string>;
  readonly message: readonly TextLine[];
  /** Between the line `---` and the diff. */
  readonly below: readonly TextLine[];
  readonly diff: readonly TextLine[];
  /** Lines right above the diff, which may belong to it. */
  readonly near: readonly TextLine[];
  /** What stood above a scissors line. */
  readonly above: readonly TextLine[];
}

/** Begins a diff in a clean mail, or in one whose header lines were lost. */
export const diffStart =
  /^(?:diff --git |diff -\S|Index: \S|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40})/;

const scissors = /^[ >]*(?:-+\s*)+(?:8<|>8|✂|cut here)(?:\s*-+)*.*$/;

/** The same in a mail, whose prose may hold such words as `Index: x` and `diff -u x y`. */
const mailDiffStart = /^(?:diff --git |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40})/;

/** Where the diff begins: index of its first line, or the number of lines where there is none. */
export function findDiff(lines: readonly TextLine[], start = diffStart): number {
  const found = lines.findIndex(
    ({ text }, index) => start.test(text) || (/^--- \S/.test(text) && /^\+\+\+ \S/.test(lines[index + 1]?.text ?? '')),
  );
  return found < 0 ? lines.length : found;
}

/**
 * Where the diff of a mail begins. A diff that names its file counts before loose hunks, which a description may quote;
 * and where one stands above the line that ends the description, with prose after it, the one below is meant.
 */
function findMailDiff(lines: readonly TextLine[]): number {
  const begins = (from: number): number => {
    for (let at = from; at < lines.length; at++) if (startsNamedDiff(lines, at)) return at;
    return -1;
  };
  const first = begins(0);
  if (first < 0) return findDiff(lines, mailDiffStart);
  const isRule = ({ text }: TextLine): boolean => /^---\s*$/.test(text);
  if (lines.slice(0, first).some(isRule)) return first;
  const end = skipHunks(lines, first);
  const rule = lines.findIndex((line, at) => at >= end && isRule(line));
  if (rule < 0 || lines.slice(end, rule).every(({ text }) => isBlank(text))) return first;
  const second = begins(rule);
  return second < 0 ? first : second;
}

/**
 * Takes the body of a mail apart the way `git mailinfo --scissors` does.
 *
 * @param exact the lines are as they were sent: a mail's
 */
export function splitBody(lines: readonly TextLine[], exact = false): SplitBody {
  const diffAt = exact ? findMailDiff(lines) : findDiff(lines);
  const cut = diffAt === lines.length ? -1 : lines.slice(0, diffAt).findLastIndex(({ text }) => isScissors(text));
  const { inHead, rest, before } = takeForwarded(lines.slice(cut + 1, diffAt));
  const rule = diffAt === lines.length ? -1 : rest.findIndex(({ text }) => /^---\s*$/.test(text));
  return {
    inHead,
    message: trimBlank(rule < 0 ? rest : rest.slice(0, rule)),
    below: trimBlank(rule < 0 ? [] : rest.slice(rule + 1)),
    diff: lines.slice(diffAt),
    near: diffAt === lines.length ? [] : rule < 0 ? adjacent(rest) : rest.slice(rule + 1),
    above: trimBlank([...lines.slice(0, Math.max(0, cut)), ...before]),
  };
}

interface TakenHead {
  readonly inHead: ReadonlyMap<string, string>;
  readonly rest: readonly TextLine[];
}

/** What mail programs write above a mail that they pass on within the text. */
const passedOn =
  /^[>\s]*(?:-+\s*(?:Original Message|Forwarded message(?: from .*)?|Weitergeleitete Nachricht)\s*-+|Begin forwarded message:)\s*$/i;

/** Fields that stand below it; a name may be set in stars. */
const passedField = /^\**(From|Sent|Date|To|Cc|Subject|Reply-To)\**:\**\s*(.*)$/i;

/** The head of a mail that is passed on within the text names author and title; what stands above it is somebody else's. */
function takeForwarded(lines: readonly TextLine[]): TakenHead & { readonly before: readonly TextLine[] } {
  const mark = lines.findIndex(({ text }) => passedOn.test(text));
  const first = mark < 0 ? -1 : lines.findIndex(({ text }, at) => at > mark && !isBlank(text));
  if (first < 0 || !passedField.test(lines[first]?.text ?? '')) return { ...takeInBodyHeaders(lines), before: [] };
  const inHead = new Map<string, string>();
  let at = first;
  let name = '';
  for (; at < lines.length && !isBlank(lines[at]?.text ?? ''); at++) {
    const text = lines[at]?.text ?? '';
    const [, field, value = ''] = passedField.exec(text) ?? [];
    if (field !== undefined)
      inHead.set((name = field.toLowerCase()), value.replace(/[[<]mailto:([^\]>]*)[\]>]/g, '<$1>'));
    else if (inHead.has(name)) inHead.set(name, `${inHead.get(name) ?? ''} ${text.trim()}`);
  }
  const sent = inHead.get('sent');
  if (sent !== undefined && !inHead.has('date')) inHead.set('date', sent);
  // The mail that is passed on may name another author itself.
  const inner = takeInBodyHeaders(lines.slice(at));
  return { inHead: new Map([...inHead, ...inner.inHead]), rest: inner.rest, before: lines.slice(0, mark) };
}

function isScissors(text: string): boolean {
  return /8<|>8|cut here/.test(text) && text.includes('-') && scissors.test(text);
}

function takeInBodyHeaders(lines: readonly TextLine[]): TakenHead {
  const inHead = new Map<string, string>();
  const change = readChangeset(lines);
  if (change !== undefined) {
    const { user, date, title, rest } = change;
    for (const [name, value] of Object.entries({ from: user, date, subject: title }))
      if (value !== undefined) inHead.set(name, value);
    return { inHead, rest };
  }
  let at = lines.findIndex(({ text }) => !isBlank(text));
  if (at < 0) return { inHead, rest: [] };
  const begin = at;
  let name: string | undefined;
  for (; at < lines.length; at++) {
    const text = lines[at]?.text ?? '';
    const field = /^(From|Subject|Date): *(.*)$/i.exec(text);
    if (field?.[1] !== undefined) {
      name = field[1].toLowerCase();
      inHead.set(name, field[2] ?? '');
    } else if (name !== undefined && /^[ \t]\S/.test(text))
      inHead.set(name, `${inHead.get(name) ?? ''} ${text.trim()}`);
    else break;
  }
  const ended = at >= lines.length || isBlank(lines[at]?.text ?? '');
  if (inHead.size === 0 || !ended) return { inHead: new Map(), rest: lines.slice(begin) };
  return { inHead, rest: lines.slice(at) };
}

/** Drops blank lines at both ends. */
export function trimBlank(lines: readonly TextLine[]): readonly TextLine[] {
  const first = lines.findIndex(({ text }) => !isBlank(text));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(({ text }) => !isBlank(text)) + 1);
}
