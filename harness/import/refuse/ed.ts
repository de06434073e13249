import type { MailMessage, Remark, TextLine } from '../text/types.ts';

const command = /^\d+(?:,\d+)?[acd]\s*$/;

/**
 * An ed script in a patch: `patch` runs it where it finds no other diff in front, and ed can run programs. In a
 * description such a line alone is a word; with the rest of a script it is refused.
 */
export function findEdScript({ text, below, line }: MailMessage, rest: readonly TextLine[]): Remark | undefined {
  const what = 'an ed script, which can run programs when it is applied';
  for (const lines of [below, rest]) {
    const at = scriptAt(lines.map((one) => one.text));
    if (at !== undefined) return { line: lines[at]?.number ?? line, text: what };
  }
  return scriptAt(text.split('\n')) === undefined ? undefined : { line, text: what };
}

/** Whether an ed script begins at a line. */
export function beginsEdScript(lines: readonly TextLine[], at: number): boolean {
  return command.test(lines[at]?.text ?? '') && scriptAt(lines.slice(at).map(({ text }) => text)) === 0;
}

function scriptAt(lines: readonly string[]): number | undefined {
  const at = lines.findIndex((text) => command.test(text));
  if (at < 0) return undefined;
  const after = lines.slice(at + 1);
  const input = /[ac]\s*$/.test(lines[at] ?? '');
  const whole = input
    ? after.some((text) => /^\.\s*$/.test(text))
    : /^(?:[wq.]|\d+(?:,\d+)?[acd])?\s*$/.test(after[0] ?? '');
  return whole ? at : undefined;
}
