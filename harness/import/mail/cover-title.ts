import type { MailMessage } from '../text/types.ts';

/** What a cover letter calls its series; one that nobody wrote yet names nothing. */
export function coverTitle(cover: MailMessage | undefined): string | undefined {
  const title = cover?.subject.title;
  return title === undefined || title === '' || /^\*{3} .* \*{3}$/.test(title) ? undefined : title;
}
