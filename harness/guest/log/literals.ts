/**
 * The texts with which an expression can begin, as far as they are certain. Knows the part of the language that the tables
 * use, see first-characters.ts.
 */

/** Characters of a text that are told, texts of one expression, and characters of a class that are told one by one. */
const longest = 12;
const most = 96;
const widest = 4;

interface Piece {
  readonly text: string;
  /** It may be continued; otherwise anything may follow. */
  readonly open: boolean;
}

const nothing: readonly Piece[] = [{ text: '', open: true }];
const anything: readonly Piece[] = [{ text: '', open: false }];

function join(left: readonly Piece[], right: readonly Piece[]): readonly Piece[] {
  if (!left.some(({ open }) => open)) return left;
  const joined = left.flatMap((first) => {
    if (!first.open) return [first];
    return right.map(({ text, open }) => {
      const whole = first.text + text;
      return { text: whole.slice(0, longest), open: open && whole.length < longest };
    });
  });
  return joined.length <= most ? joined : left.map(({ text }) => ({ text, open: false }));
}

const known = new WeakMap<RegExp, readonly string[]>();

export function beginnings(pattern: RegExp): readonly string[] {
  const found = known.get(pattern) ?? read(pattern);
  known.set(pattern, found);
  return found;
}

function read({ source }: RegExp): readonly string[] {
  let at = 0;

  const alternatives = (): readonly Piece[] => {
    const found = [...sequence()];
    while (source[at] === '|') {
      at += 1;
      found.push(...sequence());
    }
    return found;
  };
  const sequence = (): readonly Piece[] => {
    let pieces = nothing;
    while (at < source.length && source[at] !== '|' && source[at] !== ')') pieces = join(pieces, quantified(atom()));
    return pieces;
  };
  const quantified = (piece: readonly Piece[]): readonly Piece[] => {
    const match = /^(?:([?*+])|\{(\d+)(?:,\d*)?\})\??/.exec(source.slice(at));
    if (!match) return piece;
    at += match[0].length;
    const [, sign, least] = match;
    if (sign === '?') return [...nothing, ...piece];
    // However often it comes, it comes once at first.
    const once = piece.map(({ text }) => ({ text, open: false }));
    return sign === '*' || least === '0' ? [...nothing, ...once] : once;
  };
  const atom = (): readonly Piece[] => {
    const character = source[at] ?? '';
    at += 1;
    if (character === '^' || character === '$') return nothing;
    if (character === '(') return group();
    if (character === '[') return characterClass();
    if (character === '.') return anything;
    if (character !== '\\') return [{ text: character, open: true }];
    const escaped = source[at] ?? '';
    at += 1;
    if (escaped === 'b' || escaped === 'B') return nothing;
    return /[a-zA-Z]/.test(escaped) ? anything : [{ text: escaped, open: true }];
  };
  const group = (): readonly Piece[] => {
    const kind = /^\?(?::|=|!|<=|<!|<\w+>)/.exec(source.slice(at))?.[0] ?? '';
    at += kind.length;
    const inside = alternatives();
    at += 1;
    return /[=!]$/.test(kind) ? nothing : inside;
  };
  const characterClass = (): readonly Piece[] => {
    const end = /^(?:\\.|[^\]\\])*\]/.exec(source.slice(at))?.[0] ?? ']';
    at += end.length;
    const expression = new RegExp(`^[${end}$`);
    const members = Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)).filter((one) =>
      expression.test(one),
    );
    return members.length <= widest ? members.map((text) => ({ text, open: true })) : anything;
  };

  return [...new Set(alternatives().map(({ text }) => text))];
}
