/** What one line of (K)TAP says; `text` is everything that is no part of its structure. */
type KtapLine =
  | { readonly kind: 'version'; readonly protocol: 'KTAP' | 'TAP'; readonly version: number }
  /** `skip`: why nothing is planned (`1..0 # SKIP no such device`). */
  | { readonly kind: 'plan'; readonly count: number; readonly skip?: string }
  | { readonly kind: 'subtest'; readonly name: string }
  | ResultLine
  | { readonly kind: 'bail'; readonly reason: string }
  | { readonly kind: 'text' };

/** What a result line says beside `ok` and `not ok`. */
export type Directive = 'skip' | 'todo' | 'xfail' | 'timeout' | 'error';

export interface ResultLine {
  readonly kind: 'result';
  readonly ok: boolean;
  /** TAP allows that it is absent. */
  readonly number?: number;
  /** Empty where there is none. */
  readonly name: string;
  readonly directive?: Directive;
  /** What stands behind the directive, or behind the hash sign where there is none. */
  readonly reason: string;
  /** Neither number nor dash: TAP allows it, but the sentence of a kernel message may begin so. */
  readonly loose?: true;
}

/** A line of (K)TAP with its place in the nesting: the column where it begins. */
export interface PlacedLine {
  readonly indent: number;
  readonly line: KtapLine;
}

/** What is looked at of a line; results are short, and a line without end is no reason to match for ever. Characters. */
const longest = 2000;
const longestName = 300;
const tabWidth = 8;

/** Planned and numbered tests beyond this are not believed. */
const mostTests = 1_000_000;

const text: KtapLine = { kind: 'text' };
const version = /^(K?TAP) version (\d{1,4})$/;
const plan = /^1\.\.(\d{1,7})(?:\s+#\s*(.*))?$/;
const subtest = /^# Subtest:\s*(.*)$/;
const result = /^(not ok|ok)(?=\s|$)(?:\s+(\d{1,9})(?=\s|$))?(.*)$/;
const bail = /^Bail out!\s*(.*)$/;
/** The first hash sign without a backslash that begins a word of its own: what follows is no name any more. */
const hash = /(?:^|\s)#/;
const directives: readonly (readonly [Directive, RegExp])[] = [
  ['skip', /^skip\S*/i],
  ['todo', /^todo\b:?/i],
  ['xfail', /^xfail\b:?/i],
  ['timeout', /^timeout\b:?/i],
  ['error', /^error\b:?/i],
];

function columns(blank: string): number {
  let width = 0;
  for (const one of blank) width = one === '\t' ? (Math.floor(width / tabWidth) + 1) * tabWidth : width + 1;
  return width;
}

/** A text of the stream as it can be printed and made part of a name: one line, no control characters, of bounded length. */
function printable(raw: string): string {
  const clean = raw
    .replaceAll(/\p{Cc}+/gu, ' ')
    .trim()
    .replaceAll(' › ', ' > ');
  return clean.length > longestName ? `${clean.slice(0, longestName)}…` : clean;
}

function unescaped(name: string): string {
  return printable(name.replaceAll(/\\([#\\])/g, '$1'));
}

function readResult(status: string, number: string | undefined, rest: string): KtapLine {
  const at = rest.search(hash);
  const description = at < 0 ? rest : rest.slice(0, at);
  const comment = at < 0 ? '' : rest.slice(rest.indexOf('#', at) + 1).trim();
  const directive = directives.find(([, pattern]) => pattern.test(comment));
  const reason = directive ? comment.replace(directive[1], '') : comment;
  return {
    kind: 'result',
    ok: status === 'ok',
    ...(number === undefined ? {} : { number: Number(number) }),
    name: unescaped(description.replace(/^\s*(?:-\s+|-$)?/, '')),
    ...(directive && { directive: directive[0] }),
    reason: printable(reason),
    ...(number === undefined && !/^\s*(?:$|-|#)/.test(rest) && { loose: true as const }),
  };
}

function readPlan(count: string, comment: string | undefined): KtapLine {
  const many = Number(count);
  if (many > mostTests) return text;
  const skip = comment === undefined || many > 0 ? undefined : printable(comment.replace(/^skip\S*/i, ''));
  return { kind: 'plan', count: many, ...(skip === undefined ? {} : { skip }) };
}

/** Reads a line, prefixes of the log taken off. */
export function readLine(raw: string): PlacedLine {
  const whole = raw.slice(0, longest).trimEnd();
  const body = whole.trimStart();
  const indent = columns(whole.slice(0, whole.length - body.length));
  const place = (line: KtapLine): PlacedLine => ({ indent, line });
  // Nearly every line of a kernel log ends here.
  if (!/^[KT1#onB]/.test(body)) return place(text);
  const isVersion = version.exec(body);
  if (isVersion) {
    return place({ kind: 'version', protocol: isVersion[1] as 'KTAP' | 'TAP', version: Number(isVersion[2]) });
  }
  const isResult = result.exec(body);
  if (isResult) return place(readResult(isResult[1] ?? '', isResult[2], isResult[3] ?? ''));
  const isPlan = plan.exec(body);
  if (isPlan) return place(readPlan(isPlan[1] ?? '', isPlan[2]));
  const isSubtest = subtest.exec(body);
  if (isSubtest) return place({ kind: 'subtest', name: printable(isSubtest[1] ?? '') });
  const isBail = bail.exec(body);
  return place(isBail ? { kind: 'bail', reason: printable(isBail[1] ?? '') } : text);
}
