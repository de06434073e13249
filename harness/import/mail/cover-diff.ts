import type { PlacedRemark } from '../../model/index.ts';
import type { MailMessage } from '../text/types.ts';
import type { Said } from './assembly.ts';
import { hasDiff } from './has-diff.ts';
import { describeSubject } from './subject.ts';

/**
 * Says what becomes of a diff in a cover letter: a note where the patches make its changes, all in one or against the last
 * revision; else it is a patch that is not in the queue.
 */
export function tellCoverDiff(cover: MailMessage | undefined, patches: readonly MailMessage[], said: Said): void {
  if (cover === undefined || !hasDiff(cover)) return;
  const made = new Set(patches.flatMap(changesOf));
  const { source, line, subject } = cover;
  const at = (text: string): PlacedRemark => ({ source, line, text });
  if (changesOf(cover).every((change) => made.has(change))) {
    said.notes.push(at('the diff in the cover letter left out: the patches make its changes'));
    return;
  }
  said.problems.push(
    at(
      `${describeSubject(subject)} "${subject.title}" is taken for the cover letter, but holds a diff, which is not in the queue: give it a file of its own`,
    ),
  );
}

/** The lines that a diff adds and removes, each with its file. */
function changesOf({ diff }: MailMessage): string[] {
  let file = '';
  return diff.flatMap(({ text }) => {
    const named = /^[+-]{3} [^/\s]*\/(\S+)/.exec(text)?.[1];
    if (named !== undefined) file = named;
    return named === undefined && /^[+-]./.test(text) ? [`${file} ${text}`] : [];
  });
}
