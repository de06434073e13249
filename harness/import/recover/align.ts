import { bareLine, cutText, shorten } from '../diff/counts.ts';
import {
  type AlignedLine,
  announced,
  chooseBlanks,
  type HunkOutcome,
  type Item,
  isEllipsis,
  itemsOf,
} from '../diff/hunk.ts';
import type { RawHunk } from '../diff/raw.ts';
import { anyAddress } from '../mail/address.ts';
import { counted, isBlank } from '../text/bytes.ts';
import { comparable } from '../text/entities.ts';
import type { Bytes, Remark } from '../text/types.ts';

export interface Alignment {
  readonly lines: readonly AlignedLine[];
  /** Index of the tree's line at which the hunk begins. */
  readonly start: number;
  /** Blank lines of the source, within the hunk, that are none of the file's. */
  readonly dropped: number;
}

/** A file of a tree, prepared for finding lines whose white space and entities may be damaged. */
export interface KeyedFile {
  readonly path: string;
  readonly lines: readonly Bytes[];
  /** Each line without white space; empty for a blank line. */
  readonly keys: readonly Bytes[];
}

/** What two renderings of a line have in common: no white space, references and addresses in one form. */
export function keyOf(text: Bytes): Bytes {
  return comparable(oneAt(text)).replace(/\s+/g, '');
}

/** Archives hide every `@`; both sides of a comparison are treated alike, so it does not matter what else is one. */
function oneAt(text: Bytes): Bytes {
  if (!/[\w+,.-](?:@| at |_at_| ?\(\) ?)[\w+.-]/.test(text)) return text;
  return anyAddress(text);
}

export function keyFile(path: string, lines: readonly Bytes[]): KeyedFile {
  return { path, lines, keys: lines.map(keyOf) };
}

/** Where a hunk begins by its header, as an index; a hunk without old lines goes after the line that it names. */
export function expectedStart({ old }: RawHunk): number {
  return old.count === 0 ? old.start : old.start - 1;
}

/**
 * Finds the place of a hunk in a file by its old lines, compared without white space, and gives these lines their exact
 * bytes back. All old lines must be there, in order, each once; blank lines of the source may turn out not to belong.
 *
 * @param offset how far earlier hunks were from where their headers say
 */
export function alignHunk(hunk: RawHunk, file: KeyedFile, offset: number): HunkOutcome<Alignment> {
  const items = itemsOf(hunk.body);
  const expected = expectedStart(hunk) + offset;
  const leading = items.findIndex(({ kind }) => kind !== 'blank');
  let fit: Alignment | undefined;
  let best: Misfit | undefined;
  for (const start of places(items, hunk, file, expected)) {
    // The same place, with more or fewer of the blank lines in front of it: the source is right about those.
    if (fit !== undefined && Math.abs(start - fit.start) > leading) continue;
    const found = alignAt(start, expected, items, hunk, file);
    if ('progress' in found) {
      if (best === undefined || found.progress > best.progress) best = found;
    } else if (fit === undefined || found.dropped < fit.dropped) fit = found;
    if (fit?.dropped === 0) break;
  }
  return fit === undefined ? { problem: best?.remark ?? noPlace(items, hunk, file) } : { ok: fit };
}

/** Starts worth a try, the nearest to the expected one first. */
function places(items: readonly Item[], hunk: RawHunk, file: KeyedFile, expected: number): number[] {
  if (hunk.old.count === 0) return [Math.min(Math.max(0, expected), file.lines.length)];
  const old = items.filter(isSolidOld);
  const [first, second] = old.map(itemKey);
  const inside = (start: number): boolean => start >= 0 && start + hunk.old.count <= file.lines.length;
  if (first === undefined) return inside(expected) ? [expected] : [];
  const leading = items.indexOf(old[0] as Item);
  const starts = new Set<number>();
  for (let at = file.keys.indexOf(first); at >= 0; at = file.keys.indexOf(first, at + 1)) {
    if (second !== undefined && nextKey(file, at) !== second) continue;
    // Blank lines in front may be the first lines of the hunk.
    for (let start = at; start >= Math.max(0, at - leading); start--) {
      if (start < at && file.keys[start] !== '') break;
      if (inside(start)) starts.add(start);
    }
  }
  if (inside(expected)) starts.add(expected);
  return [...starts].sort((a, b) => Math.abs(a - expected) - Math.abs(b - expected) || a - b);
}

function nextKey(file: KeyedFile, at: number): Bytes | undefined {
  let next = at + 1;
  while (file.keys[next] === '') next++;
  return file.keys[next];
}

function isSolidOld({ kind, line }: Item): boolean {
  return kind === 'kept' || kind === 'bare' || (kind === 'removed' && !isBlank(line.text.slice(1)));
}

function itemKey({ kind, line }: Item): Bytes {
  return keyOf(kind === 'removed' ? line.text.slice(1) : line.text);
}

interface Misfit {
  readonly progress: number;
  readonly remark: Remark;
}

function alignAt(
  start: number,
  expected: number,
  items: readonly Item[],
  hunk: RawHunk,
  file: KeyedFile,
): Alignment | Misfit {
  const end = start + hunk.old.count;
  const lines: AlignedLine[] = [];
  let dropped = 0;
  let at = start;
  let gap: Item[] = [];
  const misfit = (line: number, text: string): Misfit => ({ progress: at - start, remark: { line, text } });

  /** Settles which blank lines since the last old line are the file's `count` blank lines. */
  const closeGap = (stretch: readonly Item[], count: number, choose = chooseBlanks): Misfit | undefined => {
    const need = count - stretch.filter(({ kind }) => kind === 'removed').length;
    const blanks = stretch.filter(({ kind }) => kind === 'blank').length;
    const chosen = choose(stretch, need);
    const where = stretch[0]?.line.number ?? lines.at(-1)?.source ?? hunk.header.number;
    if (chosen === undefined && need >= 0 && need <= blanks)
      return misfit(
        where,
        `it is unclear which ${counted(need, 'blank line')} of the ${blanks} here ${need === 1 ? 'is' : 'are'} of ${file.path}`,
      );
    if (chosen === undefined) {
      const text = need < 0 ? 'a blank line is removed that' : 'the source lacks a blank line that';
      const verb = need < 0 ? 'does not have' : 'has';
      return misfit(where, `${text} ${file.path} ${verb} at line ${at + 1}`);
    }
    const atFence = [...chosen].find(({ nearFence }) => nearFence);
    // It may stand for one that was lost: at another place that looks alike, or on the other side of an added line.
    if (atFence !== undefined && (start !== expected || stretch.some(({ kind }) => kind !== 'blank'))) {
      const text = `it is unclear whether the blank line at the code fence is one of ${file.path}`;
      return misfit(atFence.line.number, text);
    }
    // Those after everything else part the hunk from what follows.
    const inside = choose === chooseTail ? withoutEnd(stretch) : stretch;
    dropped += inside.filter((item) => item.kind === 'blank' && !chosen.has(item)).length;
    for (const item of stretch) {
      if (item.kind === 'blank' && !chosen.has(item)) continue;
      lines.push(item.kind === 'added' || item.kind === 'mark' ? newLine(item) : oldLine(item, file.lines[at++] ?? ''));
    }
    return undefined;
  };

  const lost = items.some(({ kind }) => kind === 'bare');
  let index = 0;
  for (; index < items.length; index++) {
    const item = items[index];
    if (item === undefined) break;
    if (!isSolidOld(item)) {
      gap.push(item);
      continue;
    }
    let blanks = 0;
    while (at + blanks < end && file.keys[at + blanks] === '') blanks++;
    // The old side is complete: what follows is no part of the hunk.
    if (at + blanks >= end) break;
    const there = file.lines[at + blanks] ?? '';
    const key = file.keys[at + blanks];
    // Where context has no markers, a `-` in front may be the line's own.
    const unmarked = lost && item.kind === 'removed' && key !== itemKey(item) && key === keyOf(item.line.text);
    if (key !== itemKey(item) && !unmarked) {
      if (isCut(items, item)) return misfit(item.line.number, cutText(hunk));
      const text = `"${shorten(item.line.text)}" is not what ${file.path} has at line ${at + blanks + 1}: "${shorten(there)}"`;
      return misfit(item.line.number, text);
    }
    const failed = closeGap(gap, blanks);
    if (failed !== undefined) return failed;
    gap = [];
    lines.push(oldLine(unmarked ? { ...item, kind: 'bare' } : item, there));
    at++;
  }

  const last = items[index - 1]?.line.number ?? hunk.header.number;
  const remarked = endAsContext(gap, file.keys.slice(at, end), lines, hunk);
  if (remarked !== undefined) {
    const failed = closeGap(remarked.gap, 0);
    if (failed !== undefined) return failed;
    gap = [];
    for (const item of remarked.old) lines.push(oldLine({ ...item, kind: 'kept' }, file.lines[at++] ?? ''));
  }
  const solid = file.keys.slice(at, end).findIndex((key) => key !== '');
  if (solid >= 0) {
    const missing = `"${shorten(file.lines[at + solid] ?? '')}" of ${file.path}:${at + solid + 1} is missing`;
    return misfit(last, `${ending(items)}the hunk is not whole: ${announced(hunk)}, ${missing}`);
  }
  const failed = closeGap(gap, end - at, chooseTail);
  if (failed !== undefined) return failed;
  const news = lines.filter(({ kind }) => kind === '+' || kind === ' ').length;
  const surplus = items.slice(index).find(({ kind }) => kind === 'added' || kind === 'removed');
  if (news !== hunk.new.count || surplus !== undefined) {
    const text = surplus === undefined ? `${news} new ones were found` : `line ${surplus.line.number} is beyond them`;
    return misfit(surplus?.line.number ?? last, `${ending(items)}the hunk is not whole: ${announced(hunk)}, ${text}`);
  }
  return { lines, start, dropped };
}

/**
 * Renderings made by hand put a `+` before context at the end of a hunk: so it is where the counts lack as many old lines
 * as the last added ones are the tree's next lines, while the new ones are all there.
 */
function endAsContext(
  gap: readonly Item[],
  rest: readonly Bytes[],
  lines: readonly AlignedLine[],
  hunk: RawHunk,
): { readonly gap: readonly Item[]; readonly old: readonly Item[] } | undefined {
  const solid = gap.filter(({ kind }) => kind !== 'blank');
  const old = solid.slice(-rest.length);
  if (!rest.some((key) => key !== '') || old.length < rest.length) return undefined;
  if (!old.every(({ kind, line }, index) => kind === 'added' && keyOf(line.text.slice(1)) === rest[index]))
    return undefined;
  const kept = lines.filter(({ kind }) => kind !== '-' && kind !== '\\').length;
  if (kept + solid.filter(({ kind }) => kind === 'added').length !== hunk.new.count) return undefined;
  return { gap: gap.slice(0, gap.indexOf(old[0] as Item)), old };
}

/** What stands in front of the blank lines at the end. */
function withoutEnd(gap: readonly Item[]): readonly Item[] {
  return gap.slice(0, gap.findLastIndex(({ kind }) => kind !== 'blank') + 1);
}

/**
 * Which of the blank lines after the last old line are the file's `need` blank lines. Those after everything else part
 * the hunk from what follows, unless they are needed.
 */
function chooseTail(gap: readonly Item[], need: number): ReadonlySet<Item> | undefined {
  const inside = withoutEnd(gap);
  const end = inside.length;
  const behind = gap.slice(end);
  if (end === 0 || need === 0) return chooseBlanks(gap, need);
  const blanks = inside.filter(({ kind }) => kind === 'blank');
  const free = blanks.filter(({ nearFence }) => !nearFence);
  if (need === free.length) return new Set(free);
  if (behind.length === 0 || need < free.length) return chooseBlanks(inside, need);
  const rest = need - free.length;
  // A blank line at a fence can be either.
  if (free.length < blanks.length && rest < blanks.length - free.length + behind.length) return undefined;
  return rest > behind.length ? chooseBlanks(gap, need) : new Set([...free, ...behind.slice(0, rest)]);
}

function isCut(items: readonly Item[], item: Item): boolean {
  return isEllipsis(item.line.text) && items.findLast(({ kind }) => kind !== 'blank') === item;
}

function ending(items: readonly Item[]): string {
  const last = items.findLast(({ kind }) => kind !== 'blank');
  return last !== undefined && isEllipsis(last.line.text) ? 'the text ends in "..."; ' : '';
}

function noPlace(items: readonly Item[], hunk: RawHunk, file: KeyedFile): Remark {
  const first = items.find(isSolidOld);
  const bare = items.find(({ kind }) => kind === 'bare');
  if (first === undefined) {
    return bare === undefined
      ? {
          line: hunk.header.number,
          text: `line ${hunk.old.start} of the hunk's header is beyond the end of ${file.path}`,
        }
      : bareLine(hunk, items, bare);
  }
  return {
    line: first.line.number,
    text: `"${shorten(first.line.text)}" and what follows it is nowhere in ${file.path}`,
  };
}

function oldLine({ kind, line }: Item, text: Bytes): AlignedLine {
  return { kind: kind === 'removed' ? '-' : ' ', text, source: line.number, raw: line.text, marked: kind !== 'bare' };
}

function newLine({ kind, line }: Item): AlignedLine {
  const marker = kind === 'mark' ? '\\' : '+';
  return { kind: marker, text: line.text.slice(1), source: line.number, raw: line.text, marked: true };
}
