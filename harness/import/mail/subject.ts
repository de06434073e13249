import type { MailSubject } from '../text/types.ts';
import {
  findNumber,
  findRevision,
  findStable,
  findTitleNumber,
  findTitleRevision,
  withoutTitleRevision,
} from './subject-marks.ts';

/** What mail programs put in front of a subject: an answer, or a mail that is passed on. */
const marks: readonly { readonly pattern: RegExp; readonly is: 'reply' | 'forward' }[] = [
  { pattern: /^(?:re|aw|antw(?:ort)?|sv|odp|ynt|回复|答复|回覆)\s*(?:[[^(]\d+[\])]?)?\s*[:：]\s*/i, is: 'reply' },
  { pattern: /^(?:fwd?|wg|转发|轉寄)\s*[:：]\s*/i, is: 'forward' },
  // In small letters these two are names of subsystems.
  { pattern: /^(?:TR|RV):\s*/, is: 'forward' },
];

/** A group in brackets, which may hold another one, and what joins it to the title. */
const bracketed = /^\[((?:[^[\]]|\[[^[\]]*\])*)\](?:[-:]+(?=\S)|\s*[-:]+\s+)?\s*/;

/** `PATCH v2 1/3: title`, without brackets. */
const bare =
  /^((?:RFC[ /-]*)?(?:PATCH|(?:Patch|patch)(?=[\s\d#]*\d+\/\d))(?:[\s,;#/.()-]|\d+|[vV]\d+|RFC|RESEND|of\b)*?)\s*(?::\s*|\s-+\s)/;

const wholeForward = /^\[fwd?:\s*(.*)\]$/i;

const namesPatch = /\b(?:patch|rfc)/i;

/**
 * Takes a subject line apart. Revision and number come from the brackets in front (`[PATCH v3 4/10]`, `[net,v2,1/3]`),
 * else from a mark in the title, `(v11)` or `[ver #2]`.
 */
export function parseSubject(line: string): MailSubject {
  let rest = line.replace(/\s+/g, ' ').trim();
  const flags = { reply: false, forward: false };
  const groups: string[] = [];
  for (;;) {
    const whole = wholeForward.exec(rest)?.[1];
    if (whole !== undefined) {
      flags.forward = true;
      rest = whole;
      continue;
    }
    const mark = marks.find(({ pattern }) => pattern.test(rest));
    if (mark !== undefined) {
      flags[mark.is] = true;
      rest = rest.replace(mark.pattern, '');
      continue;
    }
    const group = bracketed.exec(rest) ?? bare.exec(rest);
    if (group === null) break;
    groups.push(group[1] ?? '');
    rest = rest.slice(group[0].length);
  }
  return { ...readMarks(groups, rest.trim()), ...flags };
}

function readMarks(groups: readonly string[], given: string): Omit<MailSubject, 'reply' | 'forward'> {
  const number = groups.map(findNumber).find((found) => found !== undefined);
  const inTitle =
    number === undefined && groups.some((group) => namesPatch.test(group)) ? findTitleNumber(given) : undefined;
  const { title = given } = inTitle ?? {};
  const revision = groups.map(findRevision).find((found) => found !== undefined);
  const version = revision ?? findTitleRevision(title);
  const stable = [...new Set(groups.flatMap(findStable))].join(' ');
  const { index, total } = number ?? inTitle ?? {};
  return {
    title,
    version: version ?? 1,
    ...(version === undefined ? {} : { marked: revision === undefined ? 'title' : 'brackets' }),
    ...(index === undefined || total === undefined ? {} : { index, total }),
    ...(stable === '' ? {} : { stable }),
    ...(groups.some((group) => /\bpatch/i.test(group)) ? { patch: true } : {}),
  };
}

/** A title without what changes between two revisions of the same patch. */
export function titleKey(title: string): string {
  return withoutTitleRevision(title.toLowerCase())
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** `3/10`, `v3 3/10`, or the title where there is no numbering. */
export function describeSubject({ version, index, total, title }: MailSubject): string {
  const number = index === undefined || total === undefined ? '' : `${index}/${total}`;
  return [version > 1 ? `v${version}` : '', number, number === '' ? `"${title}"` : ''].filter(Boolean).join(' ');
}
