import type { Patch } from '../model/index.ts';

/** The head of a patch as `git mailinfo` prints it. */
export type MailHead = Pick<Patch, 'subject' | 'author' | 'date'>;

/** Reads the `Author:`, `Email:`, `Subject:` and `Date:` lines that `git mailinfo` prints. */
export function parseMailInfo(output: string, fileName: string): MailHead {
  const field = (name: string): string => new RegExp(`^${name}: (.*)$`, 'm').exec(output)?.[1]?.trim() ?? '';
  const date = field('Date');
  return {
    subject: field('Subject') || fileName.replace(/^.*\//, '').replace(/\.(patch|diff)$/, ''),
    author: { name: field('Author') || 'unknown', email: field('Email') || 'unknown@localhost' },
    ...(date === '' ? {} : { date }),
  };
}

/** A mail's date in git's internal form, `@seconds zone`; `fallback` (seconds since 1970) when it isn't one. */
export function gitDate(date: string | undefined, fallback: number): string {
  const ms = Date.parse(date ?? '');
  if (Number.isNaN(ms) || ms < 0) return `@${fallback} +0000`;
  const zone = /[+-]\d{4}\b/.exec(date ?? '')?.[0] ?? '+0000';
  return `@${Math.floor(ms / 1000)} ${zone}`;
}

/** The commit message of a patch: the subject, a blank line, the mail's body. */
export function commitMessage(subject: string, body: string): string {
  const text = body.trim();
  return text === '' ? `${subject}\n` : `${subject}\n\n${text}\n`;
}

/** The Message-ID in the head of a patch, without its angle brackets; undefined where there is none. */
export function messageIdOf(patch: string): string | undefined {
  const end = /\r?\n\r?\n/.exec(patch)?.index ?? patch.length;
  return /^Message-ID:\s*<([^<>\s]+)>/im.exec(patch.slice(0, end))?.[1];
}
