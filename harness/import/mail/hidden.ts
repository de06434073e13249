import type { Address, Findings } from '../text/types.ts';
import { hidesAddress, parseAddress, plainAddress } from './address.ts';

/** What stands where an address was, or a part of one. */
const lost =
  /[[(<]\W*(?:(?:e-?mail|address)?\s*(?:hidden|protected|removed|redacted|suppressed|obfuscated)(?:\s*e-?mail)?|xxx+)\W*[\])>]|\baddress@hidden|(?:\.{2,}|\u2026|\*{2,}|\bx{3,})@|@(?:[\w-]+\.?)?(?:\.{2,}|\u2026|\*{2,})|@x{3,}\b/i;

/** The same in a line of code, where dots and stars mean something else. */
const lostInCode = /\[(?:e-?mail|address)\W{1,6}(?:hidden|protected|removed|redacted|suppressed)\]|\baddress@hidden\b/i;

/** Signs in brackets; in code they would mean something else. */
const spelled = [
  [/([\w+-]) ?[[({] ?(?:at|a|@) ?[\])}] ?(?=\w)/gi, '$1@'],
  [/(\w) ?[[({] ?(?:dot|\.) ?[\])}] ?(?=\w)/gi, '$1.'],
] as const;

/** Whether an address, or a part of one, was taken out of a text. */
export function losesAddress(text: string): boolean {
  return lost.test(text);
}

/** Whoever is named, with what is left of an address that the source hides. */
export function readPerson(text: string): Address | undefined {
  const found = parseAddress(text);
  if (found !== undefined || !losesAddress(text)) return found;
  const name = text.replace(/[<[(].*$/, '').replace(/^[\s"*]+|[\s"*]+$/g, '');
  return { name, email: '[email hidden]' };
}

/** Whether an address was taken out of a line of code. */
export function codeLosesAddress(text: string): boolean {
  return lostInCode.test(text);
}

const trailer = /^\s*(?:[a-z]+(?:-[a-z]+)*-by|cc|from|to|author):\s*\S/i;

/** A trailer with its address as people write it. */
export function plainTrailerText(text: string): string {
  if (!trailer.test(text) && !/^[A-Z][\w-]+: .*<[^<>]+>/.test(text)) return text;
  const at = text.indexOf(':') + 1;
  const who = spelled.reduce((all, [sign, plain]) => all.replace(sign, plain), text.slice(at));
  return text.slice(0, at) + plainAddress(/@[\w-]+(?:\.[\w-]+)+/.test(who) ? who : text.slice(at));
}

/** Whether a line of a head or a trailer shows an address as archives hide it. */
export function hidesTrailer(text: string): boolean {
  return trailer.test(text) && (hidesAddress(text) || plainTrailerText(text) !== text);
}

/** Tells that the author's address was put back, where a line of the head shows it as archives hide it. */
export function tellAuthor(head: readonly Shown[], author: Address | undefined, { repairs }: Findings): void {
  if (author === undefined) return;
  const line = head.find(({ text }) => hidesAddress(text) && plainAddress(text).includes(author.email));
  if (line === undefined || /-by:/i.test(line.text)) return;
  repairs.push({ line: line.number, text: `the hidden address in "${line.text.trim()}" put back` });
}

interface Shown {
  readonly text: string;
  readonly number: number;
}

/**
 * Tells of each address that the source hides, in the trailers of a message and of its author: what was put back is a repair,
 * what is lost a problem.
 */
export function tellHidden(
  lines: readonly Shown[],
  { author, line }: { readonly author: Address | undefined; readonly line: number },
  { repairs, problems }: Findings,
): void {
  for (const { text, number } of lines) {
    if (!trailer.test(text)) continue;
    const plain = plainTrailerText(text);
    if (losesAddress(plain)) {
      const what = `the source hides the address in "${text.trim()}": complete it in the patch, from a copy of the mail`;
      problems.push({ line: number, text: what });
    } else if (plain !== text) {
      repairs.push({ line: number, text: `the hidden address in "${text.trim()}" put back` });
    }
  }
  if (author === undefined || !losesAddress(`<${author.email}>`)) return;
  const who = author.name === '' ? author.email : `${author.name} <${author.email}>`;
  problems.push({ line, text: `the source hides the address of the author, ${who}: complete it in the patch` });
}
