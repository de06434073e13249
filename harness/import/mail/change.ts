import type { Bytes, MailMessage } from '../text/types.ts';

const telling = /^(?:[-+]|diff |old mode|new mode|rename |copy |deleted |new file |GIT binary |Binary )/;

/**
 * What a diff changes, wherever in its files. Unlike its patch id it has no context, which may move while a patch waits, and
 * the names and modes of files without hunks.
 */
export function changeOf(diff: readonly Bytes[]): Bytes {
  return diff
    .flatMap((text) => (telling.test(text) ? [text.replace(/^((?:---|\+\+\+) [^\t]*)\t.*$/, '$1')] : []))
    .join('\n');
}

export function changeOfMessage({ diff }: MailMessage): Bytes {
  return changeOf(diff.map(({ text }) => text));
}
