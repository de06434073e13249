import { defined } from '../../model/index.ts';
import type { MailMessage, Need, TextLine } from '../text/types.ts';

/** A quick look: most mails name nothing of this. */
const maybe = /^(?:base-commit|change-id|prerequisite-|Based-on|Depends-on)/im;

const forms: readonly (readonly [RegExp, Need['kind']])[] = [
  [/^prerequisite-patch-id: *([0-9a-f]{7,64})\s*$/gim, 'patch-id'],
  [/^prerequisite-message-id: *<?([^<>\s]+)>?\s*$/gim, 'message-id'],
  [/^prerequisite-change-id: *(\S+)\s*$/gim, 'change-id'],
  [/^(?:Based-on|Depends-on): *(\S.*?)\s*$/gim, 'series'],
];

/** What a mail says of its base: a commit, what b4 calls the series, and what is needed first. */
export type NamedBase = Pick<MailMessage, 'baseCommit' | 'changeId' | 'needs'>;

export function namedBase(text: string): NamedBase {
  if (!maybe.test(text)) return {};
  const baseCommit = /^base-commit: *([0-9a-f]{7,64})\s*$/m.exec(text)?.[1];
  const changeId = /^change-id: *(\S+)\s*$/m.exec(text)?.[1];
  const found = forms.flatMap(([form, kind]) =>
    [...text.matchAll(form)].map(({ index, 1: value = '' }) => ({ index, need: { kind, value } })),
  );
  const needs = found.toSorted((a, b) => a.index - b.index).map(({ need }) => need);
  return defined({ baseCommit, changeId, needs: needs.length === 0 ? undefined : needs });
}

/** The same of lines; those of a diff, which are most of them, are passed by at their first sign. */
export function namedBaseOf(lines: readonly TextLine[]): NamedBase {
  const text = lines.filter((line) => firsts.has(line.text[0] ?? '')).map((line) => line.text);
  return text.length === 0 ? {} : namedBase(text.join('\n'));
}

/** How the names that are looked for begin. */
const firsts = new Set('bBcCdDpP');

/** A need with the place that names it. */
export interface Prerequisite extends Need {
  readonly source: string;
}

/** What the cover letter and the patches of a series name as needed first, each once. */
export function prerequisites(messages: readonly MailMessage[]): Prerequisite[] {
  const found = new Map<string, Prerequisite>();
  for (const { source, needs = [] } of messages) {
    for (const need of needs) if (!found.has(need.value)) found.set(need.value, { ...need, source });
  }
  return [...found.values()];
}

/** The message ids that a need's words hold, whether bare, in an address of an archive or in angle brackets. */
export function idsIn({ kind, value }: Need): string[] {
  if (kind === 'message-id') return [value];
  if (kind !== 'series') return [];
  return [...value.matchAll(/[^\s<>/"]+(?:@|%40)[^\s<>/"]+/g)].map(([id]) => id.replace(/%40/i, '@'));
}
