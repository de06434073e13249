import type { CheckFinding } from '../model/index.ts';

/** A commit that a message says to mend. */
export interface FixesTag {
  readonly line: string;
  /** Undefined where the tag is not of the usual form. */
  readonly commit?: string;
  readonly subject?: string;
}

/** Every `Fixes:` tag of a message. */
export function fixesTags(message: string): FixesTag[] {
  return message.split('\n').flatMap((text): FixesTag[] => {
    const line = text.trim();
    if (!/^Fixes:/i.test(line)) return [];
    const match = /^Fixes: ([0-9a-f]{12,64}) \("(.*)"\)$/.exec(line);
    return match ? [{ line, commit: match[1] ?? '', subject: match[2] ?? '' }] : [{ line }];
  });
}

/** What is wrong with the form of a tag alone. */
export function checkForm({ line, commit }: FixesTag): CheckFinding[] {
  if (commit !== undefined) return [];
  return [{ text: `expected Fixes: 12 digits of the commit ("its subject"), found: ${line}`, severity: 'error' }];
}

/** Whether a tag fits the commit that it names. @param actual the commit's subject; undefined where there is none */
export function checkFit({ commit = '', subject = '' }: FixesTag, actual: string | undefined): CheckFinding[] {
  if (actual === undefined) return [{ text: `Fixes: there is no commit ${commit}`, severity: 'error' }];
  if (actual === subject) return [];
  return [{ text: `Fixes: ${commit} is "${actual}", not "${subject}"`, severity: 'error' }];
}
