import { skipHunks } from '../diff/skip.ts';
import { startsNamedDiff } from '../diff/structure.ts';
import { isBlank } from '../text/bytes.ts';
import type { Line } from '../text/types.ts';

export interface SplitBody {
  /** Header lines at the top of the body, `From: …` and the like, which overrule the mail's own. */
  readonly inHead: ReadonlyMap<string, string>;
  readonly message: readonly Line[];
  /** Between the line `---` and the diff. */
  readonly below: readonly Line[];
  readonly diff: readonly Line[];
  /** What stood above a scissors line. */
  readonly above: readonly Line[];
}

/** Begins a diff in a clean mail, or in one whose header lines were lost. */
export const diffStart =
  /^(?:diff --git |diff -\S|Index: \S|@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40})/;

const scissors = /^[ >]*(?:-+\s*)+(?:8<|>8|✂|cut here)(?:\s*-+)*.*$/;

/** The same in a mail, whose prose may hold such words as `Index: x` and `diff -u x y`. */
const mailDiffStart = /^(?:diff --git |@@ -\d+(?:,\d+)? \+\d+(?:,\d+)? @@|index [0-9a-f]{4,40}\.\.[0-9a-f]{4,40})/;

/** Where the diff begins: index of its first line, or the number of lines where there is none. */
export function findDiff(lines: readonly Line[], start = diffStart): number {
  const found = lines.findIndex(
    ({ text }, index) => start.test(text) || (/^--- \S/.test(text) && /^\+\+\+ \S/.test(lines[index + 1]?.text ?? '')),
  );
  return found < 0 ? lines.length : found;
}

/**
 * Where the diff of a mail begins. A diff that names its file counts before loose hunks, which a description may quote;
 * and where one stands above the line that ends the description, with prose after it, the one below is meant.
 */
function findMailDiff(lines: readonly Line[]): number {
  const begins = (from: number): number => {
    for (let at = from; at < lines.length; at++) if (startsNamedDiff(lines, at)) return at;
    return -1;
  };
  const first = begins(0);
  if (first < 0) return findDiff(lines, mailDiffStart);
  const isRule = ({ text }: Line): boolean => /^---\s*$/.test(text);
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
export function splitBody(lines: readonly Line[], exact = false): SplitBody {
  const diffAt = exact ? findMailDiff(lines) : findDiff(lines);
  const cut = diffAt === lines.length ? -1 : lines.slice(0, diffAt).findLastIndex(({ text }) => isScissors(text));
  const head = lines.slice(cut + 1, diffAt);
  const { inHead, rest } = takeInBodyHeaders(head);
  const rule = diffAt === lines.length ? -1 : rest.findIndex(({ text }) => /^---\s*$/.test(text));
  return {
    inHead,
    message: trimBlank(rule < 0 ? rest : rest.slice(0, rule)),
    below: trimBlank(rule < 0 ? [] : rest.slice(rule + 1)),
    diff: lines.slice(diffAt),
    above: trimBlank(lines.slice(0, Math.max(0, cut))),
  };
}

function isScissors(text: string): boolean {
  return /8<|>8|cut here/.test(text) && text.includes('-') && scissors.test(text);
}

function takeInBodyHeaders(lines: readonly Line[]): { inHead: Map<string, string>; rest: readonly Line[] } {
  const inHead = new Map<string, string>();
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
export function trimBlank(lines: readonly Line[]): readonly Line[] {
  const first = lines.findIndex(({ text }) => !isBlank(text));
  return first < 0 ? [] : lines.slice(first, lines.findLastIndex(({ text }) => !isBlank(text)) + 1);
}
