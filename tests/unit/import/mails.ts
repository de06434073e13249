import { type MailMessage, type RecoveredPatch, readSource, recover } from '../../../harness/import/index.ts';
import { bytes } from './fixture.ts';

export interface Sent {
  readonly subject?: string;
  readonly from?: string;
  readonly date?: string;
  /** Left part of the message id. */
  readonly id?: string;
  /** Left part of the id that is answered. */
  readonly to?: string;
  /** Left parts of the thread's ids; the answered one alone where none are given. */
  readonly references?: readonly string[];
  /** More header lines, each with its newline. */
  readonly head?: string;
  readonly body?: string;
}

export const separator = 'From mboxrd@z Thu Jan  1 00:00:00 1970\n';

const ann = 'Ann Author <ann@example.org>';

/** A small change; `word` makes it differ from others. */
export function change(file = 'kernel/a.c', word = 'fresh'): string {
  return `diff --git a/${file} b/${file}
index 1111111..2222222 100644
--- a/${file}
+++ b/${file}
@@ -10,4 +10,5 @@ static int probe(void)
 	int one;
 	int two;
+	int ${word};
 	int three;
 	int four;
`;
}

/** The body of a mail with a patch: what `git format-patch` writes. */
export function patchBody(diff = change(), { text = 'Words.', tail = '-- \n2.39.5\n' } = {}): string {
  return `${text}\n\nSigned-off-by: ${ann}\n---\n x | 1 +\n 1 file changed, 1 insertion(+)\n\n${diff}${tail}`;
}

export function mail(sent: Sent): string {
  const ids = (list: readonly string[]): string => list.map((id) => `<${id}@x>`).join(' ');
  const { references = sent.to === undefined ? [] : [sent.to] } = sent;
  const fields = [
    `From: ${sent.from ?? ann}\n`,
    `Subject: ${sent.subject ?? '[PATCH] kernel: one'}\n`,
    `Date: ${sent.date ?? 'Mon, 1 Jan 2024 10:00:00 +0000'}\n`,
    sent.id === undefined ? '' : `Message-ID: <${sent.id}@x>\n`,
    sent.to === undefined ? '' : `In-Reply-To: <${sent.to}@x>\n`,
    references.length === 0 ? '' : `References: ${ids(references)}\n`,
    sent.head ?? '',
  ];
  return `${fields.join('')}\n${sent.body ?? patchBody()}`;
}

function mbox(mails: readonly Sent[]): string {
  return mails.map((sent) => `${separator}${mail(sent)}\n`).join('');
}

export function read(mails: readonly Sent[]): MailMessage[] {
  return readSource('box', bytes(mbox(mails)));
}

/** The one patch of a text, recovered without a tree. */
export async function onlyPatch(text: string): Promise<RecoveredPatch> {
  const found = readSource('mail', bytes(text)).filter(({ diff }) => diff.length > 0);
  const [message] = found;
  if (message === undefined || found.length > 1) throw new Error(`${found.length} patches`);
  return recover(message);
}

export const base64 = (text: string): string =>
  `${Buffer.from(text, 'latin1').toString('base64').replace(/.{76}/g, '$&\n').trimEnd()}\n`;
