import type { MailMessage } from '../text/types.ts';

export function byIndex(a: MailMessage, b: MailMessage): number {
  return (a.subject.index ?? 0) - (b.subject.index ?? 0);
}

/** `1/5`, `1/5 and 3/5`, `1/5, 2/5 and 4/5`. */
export function numbersText(numbers: readonly number[], total: number): string {
  const names = numbers.map((number) => `${number}/${total}`);
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
