import type { Bytes } from '../text/types.ts';

export interface RawMail {
  /** The mail without the separator line. */
  readonly text: Bytes;
  /** Line of the source at which `text` begins, from 1. */
  readonly line: number;
}

/** `From ` with a time of day and a year: what mail programs and `git format-patch` put between mails. */
const separator = /^From \S+.*\d{1,2}:\d{2}(?::\d{2})?.*\d{4}\s*$/;
const headerLine = /^(?:[A-Za-z][\w-]*:|>?From )/;

/** Whether a text is an mbox: a separator line, then a header. */
export function isMbox(text: Bytes): boolean {
  const [first = '', second = ''] = text.slice(0, 2000).split('\n', 2);
  return separator.test(first.trimEnd()) && headerLine.test(second);
}

/**
 * Splits an mbox. A body line that begins with `From ` does not end a mail unless it has a separator's form and a header
 * follows it; the `>` that the mboxrd form puts in front of such lines is taken off.
 */
export function splitMbox(text: Bytes): RawMail[] {
  const starts: { at: number; body: number; line: number }[] = [];
  let line = 1;
  let counted = 0;
  const lineAt = (offset: number): number => {
    for (let next = text.indexOf('\n', counted); next >= 0 && next < offset; next = text.indexOf('\n', counted)) {
      line++;
      counted = next + 1;
    }
    return line;
  };
  for (let at = 0; at >= 0 && at < text.length; ) {
    const end = text.indexOf('\n', at);
    if (end >= 0 && separator.test(text.slice(at, end)) && headerLine.test(text.slice(end + 1, end + 80))) {
      starts.push({ at, body: end + 1, line: lineAt(end + 1) });
    }
    const next = text.indexOf('\nFrom ', at);
    at = next < 0 ? -1 : next + 1;
  }
  return starts.map(({ body, line: number }, index) => ({
    text: unescape(text.slice(body, starts[index + 1]?.at)),
    line: number,
  }));
}

function unescape(text: Bytes): Bytes {
  return text.includes('>From ') ? text.replace(/^>(>*From )/gm, '$1') : text;
}
