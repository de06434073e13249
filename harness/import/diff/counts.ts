import { counted } from '../text/bytes.ts';
import type { Remark } from '../text/types.ts';
import {
  announced,
  chooseBlanks,
  type HunkLine,
  type HunkOutcome,
  type Item,
  isEllipsis,
  itemsOf,
  literalLine,
} from './hunk.ts';
import type { RawHunk } from './raw.ts';

export interface Counted {
  readonly lines: readonly HunkLine[];
  /** Empty context lines that had no space in front. */
  readonly emptied: number;
  /** Blank lines within the hunk that are none of the file's. */
  readonly dropped: number;
}

/**
 * Reads a hunk by the counts of its header alone: which of the blank lines are context follows from them, or the hunk
 * is refused. A line without marker is refused, for its white space is lost.
 *
 * @param stripped the source takes the marker of empty lines away, so that one at the end of a hunk can be context
 */
export function solveByCounts(hunk: RawHunk, stripped: () => boolean): HunkOutcome<Counted> {
  const items = itemsOf(hunk.body);
  const bare = items.findIndex(({ kind }) => kind === 'bare');
  const mine = bare < 0 ? items : items.slice(0, bare);
  const count = (kind: Item['kind']): number => mine.filter((item) => item.kind === kind).length;
  // A space alone has its marker and thus is context for certain.
  const certain = mine.filter(({ kind, line }) => kind === 'blank' && line.text === ' ');
  const kept = count('kept') + certain.length;
  const needOld = hunk.old.count - count('removed') - kept;
  const needNew = hunk.new.count - count('added') - kept;
  const open = mine.filter((item) => item.kind === 'blank' && !certain.includes(item));
  if (needOld !== needNew || needOld < 0 || needOld > open.length) {
    const lost = items[bare];
    return { problem: lost === undefined ? wrongCounts(hunk, items) : bareLine(hunk, items, lost) };
  }
  const end = mine.findLastIndex(({ kind, line }) => kind !== 'blank' || line.text === ' ') + 1;
  if (open.filter((item) => mine.indexOf(item) < end).length < needOld && !stripped()) {
    return { problem: wrongCounts(hunk, items) };
  }
  const chosen = choose(mine, open, needOld);
  if (chosen === undefined) {
    const at = open[0]?.line.number ?? hunk.header.number;
    return {
      problem: {
        line: at,
        text: `${counted(needOld, 'of the blank lines is', 'of the blank lines are')} context, ${open.length - needOld} not, and it is unclear which; a tree (--tree) would tell`,
      },
    };
  }
  const taken = mine.filter((item) => item.kind !== 'blank' || certain.includes(item) || chosen.has(item));
  const last = mine.findLastIndex((item) => taken.includes(item));
  const dropped = mine.slice(0, last).filter((item) => !taken.includes(item)).length;
  return { ok: { lines: taken.map(({ line }) => literalLine(line)), emptied: chosen.size, dropped } };
}

function choose(mine: readonly Item[], open: readonly Item[], need: number): ReadonlySet<Item> | undefined {
  const end = mine.findLastIndex(({ kind }) => kind !== 'blank') + 1;
  const inside = open.filter((item) => mine.indexOf(item) < end);
  // Blank lines at the end part the hunk from what follows, unless the counts ask for them.
  if (need >= inside.length) return new Set(open.slice(0, need));
  return chooseBlanks(
    mine.slice(0, end).filter((item) => item.kind !== 'blank' || open.includes(item)),
    need,
  );
}

/** What to say of a hunk whose lines are not as many as its header announces. */
export function wrongCounts(hunk: RawHunk, items: readonly Item[]): Remark {
  const count = (...kinds: readonly Item['kind'][]): number => items.filter(({ kind }) => kinds.includes(kind)).length;
  const kept = count('kept');
  const [old, next] = [kept + count('removed'), kept + count('added')];
  const blanks = count('blank');
  const also = blanks > 0 ? `, beside ${counted(blanks, 'blank line')}` : '';
  const last = items.at(-1)?.line.number ?? hunk.header.number;
  return {
    line: hunk.header.number,
    text: `the hunk is not whole: ${announced(hunk)}, the source has ${old} and ${next}${also}, up to line ${last}`,
  };
}

export function cutText({ header }: RawHunk): string {
  return `the text ends in "..." within the hunk of line ${header.number}: the rest is missing`;
}

/** What to say of a hunk that holds a line without marker. */
export function bareLine(hunk: RawHunk, items: readonly Item[], bare: Item): Remark {
  const dots = items.findLast(({ kind }) => kind !== 'blank');
  if (dots !== undefined && dots.kind !== 'added' && isEllipsis(dots.line.text)) {
    return { line: dots.line.number, text: cutText(hunk) };
  }
  return {
    line: bare.line.number,
    text: `"${shorten(bare.line.text)}" is not a diff line (no leading "+", "-" or space); if white space was lost, --tree can restore it`,
  };
}

export function shorten(text: string): string {
  const trimmed = text.trim();
  return trimmed.length > 50 ? `${trimmed.slice(0, 47)}...` : trimmed;
}
