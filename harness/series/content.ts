import { createHash } from 'node:crypto';
import { hunkLengths } from './diff.ts';

/** Lines that change something without a hunk. */
const heads = /^(?:diff --git|Binary files|GIT binary patch|rename |new file |deleted file |old mode |new mode )/;

/**
 * A name for what a diff changes, in hex: equal for two mails of the same change, whatever their line numbers, index
 * lines, signatures and white space at line ends. Empty for a text without a change, such as a cover letter.
 */
export function diffContent(diff: string): string {
  const kept: string[] = [];
  // Lines of the hunk that are still to come, on either side.
  let before = 0;
  let after = 0;
  let binary = false;
  for (const line of diff.split('\n').map((one) => one.trimEnd())) {
    if (before > 0 || after > 0) {
      if (line.startsWith('\\')) continue;
      if (!line.startsWith('+')) before--;
      if (!line.startsWith('-')) after--;
      kept.push(line);
      continue;
    }
    const hunk = hunkLengths(line);
    if (hunk) {
      [before, after] = hunk;
      kept.push('@@');
    } else if (heads.test(line)) {
      binary = line.startsWith('GIT binary');
      kept.push(line);
    } else if (binary && line !== '' && line !== '--') kept.push(line);
  }
  return kept.length === 0 ? '' : createHash('sha256').update(kept.join('\n')).digest('hex');
}
