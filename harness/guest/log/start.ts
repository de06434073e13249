import { families } from './families/index.ts';
import type { Family, Start } from './family.ts';
import { createMatcher } from './first-characters.ts';
import { StartMatch } from './start-match.ts';

interface Candidate {
  readonly family: Family;
  readonly start: Start;
}

const candidates: readonly Candidate[] = families.flatMap((family) =>
  family.starts.map((start) => ({ family, start })),
);
const byFirstCharacter = createMatcher(
  candidates
    .filter(({ start }) => start.word === undefined)
    .map((candidate) => [candidate.start.pattern, candidate, candidate.start.needed] as const),
);
const byWord = candidates.flatMap(({ family, start }) =>
  start.word === undefined ? [] : [{ family, start, word: start.word }],
);
const anyWord = new RegExp(
  [...new Set(byWord.map(({ word }) => word))].map((word) => word.replace(/[[\](){}.*+?|^$\\]/g, '\\$&')).join('|'),
);

/** The start of a report that a line is. */
export function findStart(text: string): StartMatch | undefined {
  const found = byFirstCharacter.find(text);
  if (found) return new StartMatch(found.family, found.start, text);
  if (!anyWord.test(text)) return undefined;
  for (const { family, start, word } of byWord) {
    if (text.includes(word) && start.pattern.test(text)) return new StartMatch(family, start, text);
  }
  return undefined;
}
