/** The place of a patch in its series. */
export interface PatchNumber {
  readonly index: number;
  readonly total: number;
}

/** `3/10`, `03 of 10`, `1 / 3`; no part of a version such as `5.10/5.15` or of a name such as `x86/64`. */
const number = /(?:(?<![\w./])|(?<=patch|rfc|series))(\d{1,8})\s*(?:\/|\bof\b)\s*(\d{1,8})(?![\d.]|\/\d)/i;

/** Words that say which revision it is; a letter alone needs its number right after it. */
const revision =
  /(?:^|[^A-Za-z0-9.]|patch(?:es|set)?\.?|rfc|series)(?:v|ver\.?|version|rev\.?|revision|take|try|round|#)\s*[#.-]?\s*(\d{1,3})((?:\.\d+)*)(-rc|\.y)?(?![\w]|\s*\/\s*\d)/gi;

const ordinals = ['first', 'second', 'third', 'fourth', 'fifth', 'sixth', 'seventh', 'eighth', 'ninth'];
const inWords = String.raw`(${ordinals.join('|')}|\d{1,2}(?:st|nd|rd|th))\s+(?:try|take|version|revision|attempt|round|posting)`;
/** The same in words, `second try` or `3rd version`; in a title only within brackets or at its end. */
const revisionInWords = new RegExp(String.raw`\b${inWords}\b`, 'i');
const titleInWords = new RegExp(String.raw`[([{]\s*${inWords}\s*[)\]}]|\s?[,;-]\s*${inWords}$`, 'i');

/** The same in a title, where it counts only within brackets or as its last word after a comma or a dash. */
const titleRevision =
  /[([{]\s*(?:v|ver\.?|version|rev\.?|revision|take|try|round|#)\s*[#.-]?\s*(\d{1,3})\s*[)\]}]|\s?[,;-]\s*(?:v|ver|take|try)\s*#?\s*(\d{1,2})$/i;

/** The stable trees of which somebody may write `v6.1` though their second number is small. */
const stableTrees = new Set(['3.0', '3.2', '4.1', '6.1']);

export function findNumber(text: string): PatchNumber | undefined {
  return toNumber(number.exec(text));
}

/** A number at the beginning of a title (`1/3: title`) or in brackets at its end (`title (1/3)`), and the title without. */
export function findTitleNumber(title: string): (PatchNumber & { readonly title: string }) | undefined {
  const first = /^[(]?(\d{1,4})\/(\d{1,4})[)]?(?:\s*[:-]+\s+|\s+|:)(?=\S)/.exec(title);
  const last = /\s*[([](\d{1,4})\s*\/\s*(\d{1,4})[)\]]$/.exec(title);
  const found = toNumber(first ?? last);
  if (found === undefined || found.index > found.total) return undefined;
  const rest = first === null ? title.slice(0, last?.index) : title.slice(first[0].length);
  return { ...found, title: rest };
}

function toNumber(match: RegExpExecArray | null): PatchNumber | undefined {
  return match === null ? undefined : { index: Number(match[1]), total: Number(match[2]) };
}

export function findRevision(text: string): number | undefined {
  for (const [, major = '', minor = '', tail = ''] of text.matchAll(revision)) {
    if (tail === '' && !isTree(major, minor)) return Number(major);
  }
  return toOrdinal(revisionInWords.exec(text)?.[1]);
}

/** `second` and `2nd` are 2. */
function toOrdinal(word: string | undefined): number | undefined {
  if (word === undefined) return undefined;
  const named = ordinals.indexOf(word.toLowerCase()) + 1;
  return named > 0 ? named : Number.parseInt(word, 10);
}

/** `v6.1` and `v2.6.24` name a kernel, `v2.1` is a second revision with a small change. */
function isTree(major: string, minor: string): boolean {
  const [, second, third] = minor.split('.');
  if (second === undefined) return false;
  return third !== undefined || Number(second) > 3 || stableTrees.has(`${major}.${second}`);
}

/**
 * A tree that is kept stable: `6.1`, `6.1.y`, `linux-5.10.y`, `2.6.32.y`. What names a release candidate, or a 2.6 kernel
 * without the `.y`, tells only what a patch was made on, which changes from one revision to the next.
 */
const stable =
  /(?<![\w.])(?:(?:linux|stable|olk|autosel)[- ]?|(v))?((?:[3-9]|\d\d)\.\d{1,3}|2\.[46]|2\.6\.\d{1,2}(?=[.-](?:y|stable)\b))(?:[.-](?:y|x|stable)\b)?(?![\w-]|\.\w)/gi;

/** The stable trees that a text in brackets names, in their order. */
export function findStable(text: string): string[] {
  return [...text.matchAll(stable)].flatMap(([, letter, tree = '']) => {
    const [major = '', ...minor] = tree.split('.');
    return letter === undefined || isTree(major, `.${minor.join('.')}`) ? [tree] : [];
  });
}

export function findTitleRevision(title: string): number | undefined {
  const match = titleRevision.exec(title);
  const found = match?.[1] ?? match?.[2];
  if (found !== undefined) return Number(found);
  const words = titleInWords.exec(title);
  return toOrdinal(words?.[1] ?? words?.[2]);
}

export function withoutTitleRevision(title: string): string {
  return title.replace(titleRevision, '').replace(titleInWords, '');
}
