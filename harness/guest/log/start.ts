import { families } from './families/index.ts';
import type { Family, Start } from './family.ts';
import { createMatcher } from './first-characters.ts';
import { type LogMessage, restartAt } from './prefix.ts';
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

/** Heads that no other text has: where an old kernel puts no stamp, they begin a message in the middle of a line. */
const unmistakable =
  /-{12}\[ cut here \]|Kernel panic - not syncing: |BUG: (?:unable to handle|sleeping function|scheduling while|soft lockup|spinlock |workqueue |at |using )|[Uu]nable to handle kernel |kernel BUG at |WARNING: (?:at |CPU: \d)|general protection fault: [0-9a-f]{4} \[|Oops: [0-9a-f]{4} \[|\[ (?:INFO|BUG): |INFO: (?:task |rcu_|possible )|Badness (?:at|in) |scheduling while atomic: |NMI Watchdog detected LOCKUP|\w+ exception: [0-9a-f]{4} \[#/;
/** Not after words that quote it, and not in the middle of a word; a number or a small letter may stand in front of a capital. */
const quoting = /["'`(=]$|[Cc]ommand line: |[A-Z_]$/;
const small = /^[a-z]/;

/** What is left of a message when a program has written half a line in front of it; undefined where none has. */
export function behindHalfLine(message: LogMessage): LogMessage | undefined {
  if (message.stamped) return undefined;
  const match = unmistakable.exec(message.text);
  if (!match || match.index === 0) return undefined;
  const before = message.text.slice(0, match.index);
  if (quoting.test(before) || (small.test(match[0]) && /[a-z]$/.test(before))) return undefined;
  return restartAt(message, match.index);
}
