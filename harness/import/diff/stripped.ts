import type { TextLine } from '../text/types.ts';
import type { RawHunk } from './raw.ts';

/** How many blank lines without a marker stand at the end of a hunk, where nothing tells them from what follows it. */
export function blankEnd(lines: readonly { readonly text: string }[]): number {
  return lines.length - 1 - lines.findLastIndex(({ text }) => text !== '');
}

/**
 * Whether a source took the spaces at the ends of lines away, and with them the marker of an empty line of context: it shows
 * such a line between others of a hunk, or git's signature without its space, and nowhere a space alone.
 */
export function isStripped(diff: readonly TextLine[], hunks: readonly RawHunk[]): boolean {
  if (diff.some(({ text }) => text === ' ')) return false;
  const signed = diff.some(({ text }, at) => text === '--' && /^\d+\.\d/.test(diff[at + 1]?.text ?? ''));
  return signed || hunks.some(hasEmptied);
}

function hasEmptied({ body }: RawHunk): boolean {
  // What a page has below a hunk may have come into it.
  const bare = body.findIndex(({ text }) => text !== '' && !/^[ +\\-]/.test(text));
  const own = bare < 0 ? body : body.slice(0, bare);
  return own.slice(0, own.length - blankEnd(own)).some(({ text }) => text === '');
}
