export interface StrippedLine {
  /** The message as the kernel's code wrote it. */
  readonly text: string;
  /** Task or processor that printed it (`T12`, `C1`), where the kernel tells. */
  readonly caller: string;
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: firmware sends escapes on the same line.
const escapes = /\u001b(?:\[[0-9;?]*[A-Za-z]|c)/g;
const level = /^<[0-9a-f]{1,3}>/;
const stamp = /^\[ *\d+\.\d{3,9}\] ?/;
const callerId = /^\[ *([TC]\d+)\] ?/;

/** Takes escapes, log level, timestamp and caller off a console line. */
export function stripPrefix(line: string): StrippedLine {
  let text = line.includes('\u001b') ? line.replace(escapes, '') : line;
  text = text.replace(level, '');
  // The blank after the brackets belongs to the prefix, a second one to the message (stack frames begin with one).
  text = text.replace(stamp, '');
  const match = callerId.exec(text);
  if (match) text = text.slice(match[0].length);
  return { text, caller: match?.[1] ?? '' };
}
