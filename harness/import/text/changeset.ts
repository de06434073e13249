import { isBlank } from './bytes.ts';
import type { TextLine } from './types.ts';

/** A change as Mercurial exports it: comment lines about it, its description, its diff. */
export interface Changeset {
  readonly user?: string;
  /** RFC 2822, in UTC. */
  readonly date?: string;
  readonly title?: string;
  readonly rest: readonly TextLine[];
}

export const changesetMark = /^# HG changeset patch\s*$/;

/** The change that begins with the first line that has text; undefined for any other text. */
export function readChangeset(lines: readonly TextLine[]): Changeset | undefined {
  const first = lines.findIndex(({ text }) => !isBlank(text));
  if (!changesetMark.test(lines[first]?.text ?? '')) return undefined;
  const end = lines.findIndex(({ text }, at) => at > first && !text.startsWith('#'));
  const head = lines.slice(first, end < 0 ? lines.length : end).map(({ text }) => text);
  const value = (name: string): string | undefined =>
    head.flatMap((text) => new RegExp(`^# ${name} (.*)$`).exec(text)?.[1] ?? [])[0]?.trim();
  const below = end < 0 ? [] : lines.slice(end);
  const title = below.findIndex(({ text }) => !isBlank(text));
  const [user, seconds] = [value('User'), value('Date')?.split(' ')[0]];
  return {
    rest: below.slice(title + 1),
    ...(user === undefined ? {} : { user }),
    ...(seconds === undefined ? {} : { date: utc(Number(seconds)) }),
    ...(title < 0 ? {} : { title: below[title]?.text.trim() ?? '' }),
  };
}

function utc(seconds: number): string {
  return new Date(seconds * 1000).toUTCString().replace('GMT', '+0000');
}
