import { comparable, decodeNamed, hasDecodedReference, restoreReferences } from '../text/entities.ts';
import type { Bytes, Remark } from '../text/types.ts';
import type { WorkHunk } from './hunk.ts';

/** Words of a patch, made when first asked for. */
export interface WordList {
  has(word: string): boolean;
}

const word = /[A-Za-z_]\w+/g;

export function makeWordList(lines: readonly { readonly text: Bytes }[]): WordList {
  let words: Set<string> | undefined;
  return {
    has(one) {
      words ??= new Set(lines.flatMap(({ text }) => text.match(word) ?? []));
      return words.has(one);
    },
  };
}

/** Signs that no line of code holds: next to a word they are what is left of `&word`. */
const suspicious = /\u00c2[\u00a4\u00b6\u00ac\u00ae\u00a7][A-Za-z0-9_]/;

export interface Mended {
  readonly hunks: WorkHunk[];
  readonly repairs: readonly Remark[];
  readonly problems: readonly Remark[];
}

/**
 * Undoes wrongly decoded references in added lines, where the word that comes out stands elsewhere in the patch or in
 * the tree's file; one that looks damaged and can't be told is a problem.
 */
export function mendWords(hunks: readonly WorkHunk[], patch: WordList, file: readonly Bytes[]): Mended {
  const repairs: Remark[] = [];
  const problems: Remark[] = [];
  const there = makeWordList(file.map((text) => ({ text })));
  // Every task has one, and no header declares it as a word of its own.
  const isKnown = (one: string): boolean => one === 'current' || patch.has(one) || there.has(one);
  const coded = hunks.some(({ lines }) =>
    lines.some(({ kind, text, raw }) => kind !== '+' && /&(?:lt|gt|amp);/.test(raw) && !/&(?:lt|gt|amp);/.test(text)),
  );
  const out = hunks.map((hunk) => ({
    ...hunk,
    lines: hunk.lines.map((line) => {
      // Old lines that were found in the tree have its bytes already.
      if (line.kind !== '+' && hunk.start !== undefined) return line;
      const decoded = coded ? decodeNamed(line.text) : line.text;
      const text = hasDecodedReference(decoded) ? restoreReferences(decoded, isKnown) : decoded;
      if (text !== line.text)
        repairs.push({ line: line.source, text: `wrongly decoded reference undone: "${text.trim()}"` });
      if (suspicious.test(text)) {
        const guess = /&\w+/.exec(comparable(text))?.[0] ?? '';
        problems.push({
          line: line.source,
          text: `a sign stands where "${guess}" may have been, and neither the patch nor the tree has that word elsewhere`,
        });
      }
      return text === line.text ? line : { ...line, text };
    }),
  }));
  return { hunks: out, repairs, problems };
}
