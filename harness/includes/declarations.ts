import type { Token } from './tokens.ts';

type DeclarationKind = 'function' | 'macro' | 'constant' | 'struct' | 'typedef' | 'variable';

/** A token with the file that it stands in. */
export interface PlacedToken extends Token {
  readonly file: string;
}

/** A name that is declared at file level, and where. A struct counts only where it is defined. */
export interface Declaration {
  readonly name: string;
  readonly kind: DeclarationKind;
  readonly file: string;
  readonly line: number;
}

const notNames = new Set(
  'auto break case char const continue default do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef union unsigned void volatile while __inline __inline__ __const __volatile__ __restrict __signed__ __extension__ _Bool __int128 _Noreturn'.split(
    ' ',
  ),
);
/** Words whose parentheses declare nothing. */
const wrapping = new Set(
  '__attribute__ __attribute asm __asm __asm__ typeof __typeof __typeof__ _Static_assert _Alignas __aligned __printf __scanf __section'.split(
    ' ',
  ),
);

/** Finds what C text declares at file level; made for headers, so what it can't read it passes over. */
export function findDeclarations(tokens: readonly PlacedToken[]): Declaration[] {
  return new Scanner(tokens).scan();
}

class Scanner {
  private readonly tokens: readonly PlacedToken[];
  private readonly found: Declaration[] = [];
  private at = 0;

  constructor(tokens: readonly PlacedToken[]) {
    this.tokens = tokens;
  }

  scan(): Declaration[] {
    let statement: PlacedToken[] = [];
    let parentheses = 0;
    for (; this.at < this.tokens.length; this.at += 1) {
      const token = this.tokens[this.at] as PlacedToken;
      if (token.kind === 'directive') this.define(token);
      else if (token.text === '{') {
        const end = this.group(statement, parentheses > 0);
        if (end === 'body') {
          this.finish(statement);
          statement = [];
        } else if (end === 'open') statement = [];
        else statement.push({ ...token, text: '{}' });
      } else if (token.text === ';' && parentheses === 0) {
        this.finish(statement);
        statement = [];
      } else if (token.text !== '}') {
        if (token.text === '(') parentheses += 1;
        if (token.text === ')') parentheses = Math.max(0, parentheses - 1);
        statement.push(token);
      }
    }
    return this.found;
  }

  private declare(token: PlacedToken, kind: DeclarationKind): void {
    this.found.push({ name: token.text, kind, file: token.file, line: token.line });
  }

  private define(token: PlacedToken): void {
    const name = /^#\s*define\s+([A-Za-z_$][\w$]*)/.exec(token.text)?.[1];
    if (name !== undefined) this.declare({ ...token, text: name }, 'macro');
  }

  /** Goes over what stands in braces; says whether that was a function's body, a list, or a scope that only opens. */
  private group(statement: readonly PlacedToken[], nested: boolean): 'body' | 'list' | 'open' {
    const keyword = outermost(statement).findLast(({ text }) => /^(?:struct|union|enum)$/.test(text));
    const tail = keyword === undefined ? [] : statement.slice(statement.lastIndexOf(keyword) + 1);
    const tag = outermost(tail).find(({ kind, text }) => kind === 'word' && !wrapping.has(text));
    const assigned = statement.some(({ text }) => text === '=');
    const isAggregate = keyword !== undefined && !assigned && !hasFunction(tail);
    if (!nested && statement[0]?.text === 'extern' && statement[1]?.kind === 'string' && statement.length === 2) {
      return 'open';
    }
    if (isAggregate && tag) this.declare(tag, 'struct');
    this.over(isAggregate && keyword.text === 'enum');
    return nested || isAggregate || assigned ? 'list' : 'body';
  }

  /** Moves to the closing brace; constants of an enum and types that are defined inside count as file level. */
  private over(isEnum: boolean): void {
    let expectsConstant = isEnum;
    let parentheses = 0;
    for (this.at += 1; this.at < this.tokens.length; this.at += 1) {
      const token = this.tokens[this.at] as PlacedToken;
      if (token.kind === 'directive') this.define(token);
      else if (token.text === '}') return;
      else if (token.text === '{') {
        const [keyword, tag] = this.aggregateBefore();
        if (keyword !== undefined && tag !== undefined) this.declare(tag, 'struct');
        this.over(keyword === 'enum');
      } else if (token.text === '(') parentheses += 1;
      else if (token.text === ')') parentheses -= 1;
      else if (isEnum && expectsConstant && token.kind === 'word') {
        this.declare(token, 'constant');
        expectsConstant = false;
      } else if (isEnum && parentheses === 0 && token.text === ',') expectsConstant = true;
    }
  }

  /** `struct`, `union` or `enum` and its tag where they stand before the brace that opens here. */
  private aggregateBefore(): readonly [string | undefined, PlacedToken | undefined] {
    const [second, first] = [this.tokens[this.at - 2], this.tokens[this.at - 1]];
    const is = (token: PlacedToken | undefined): boolean => /^(?:struct|union|enum)$/.test(token?.text ?? '');
    if (is(first)) return [first?.text, undefined];
    return is(second) && first?.kind === 'word' ? [second?.text, first] : [undefined, undefined];
  }

  /** A whole declaration, braces as one mark. */
  private finish(statement: readonly PlacedToken[]): void {
    const kind = statement.some(({ text }) => text === 'typedef') ? 'typedef' : undefined;
    let depth = 0;
    let skipTo = -1;
    let inValue = false;
    for (const [index, token] of statement.entries()) {
      const next = statement[index + 1];
      const previous = statement[index - 1];
      if (token.text === '(') {
        const inner = depth === 0 && index > skipTo ? declaratorInside(statement, index) : undefined;
        if (inner && !inValue) this.declare(inner, kind ?? 'variable');
        depth += 1;
      } else if (token.text === ')') depth -= 1;
      else if (depth === 0 && token.text === '=') inValue = true;
      else if (depth === 0 && token.text === ',') inValue = false;
      else if (
        depth === 0 &&
        !inValue &&
        token.kind === 'word' &&
        previous !== undefined &&
        !notNames.has(token.text)
      ) {
        if (wrapping.has(token.text)) skipTo = index + 1;
        else if (/^(?:struct|union|enum)$/.test(previous.text)) continue;
        else if (next?.text === '(') this.declare(token, kind ?? 'function');
        else if (endsDeclarator(statement, index + 1) && (next === undefined || hasType(statement, index))) {
          this.declare(token, kind ?? 'variable');
        }
      }
    }
  }
}

const storage =
  /^(?:static|extern|typedef|register|inline|__inline|__inline__|const|volatile|__extension__|_Noreturn)$/;

/** Whether a type stands in front of a word: in `static u64 __name(void)` none does, the word is the type itself. */
function hasType(statement: readonly PlacedToken[], end: number): boolean {
  return outermost(statement.slice(0, end)).some(
    ({ kind, text }) => kind === 'word' && !storage.test(text) && !wrapping.has(text),
  );
}

/** Whether nothing but attributes stands between a place and the end of a declarator: no name comes any more. */
function endsDeclarator(statement: readonly PlacedToken[], from: number): boolean {
  let at = from;
  for (let token = statement[at]; token && isDecoration(token); token = statement[at]) {
    at += 1;
    if (statement[at]?.text !== '(') continue;
    let depth = 0;
    do {
      if (statement[at]?.text === '(') depth += 1;
      else if (statement[at]?.text === ')') depth -= 1;
      at += 1;
    } while (depth > 0 && at < statement.length);
  }
  const end = statement[at];
  return end === undefined || /^[=,[:]$/.test(end.text);
}

function isDecoration({ kind, text }: PlacedToken): boolean {
  return kind === 'word' && (wrapping.has(text) || text.startsWith('__'));
}

/** The name in `(*name)` and `(*name[3])` that begins at a parenthesis. */
function declaratorInside(statement: readonly PlacedToken[], open: number): PlacedToken | undefined {
  let at = open + 1;
  if (statement[at]?.text !== '*') return undefined;
  while (statement[at]?.text === '*' || notNames.has(statement[at]?.text ?? '')) at += 1;
  const name = statement[at];
  return name?.kind === 'word' ? name : undefined;
}

/** The tokens that stand in no parentheses. */
function outermost(statement: readonly PlacedToken[]): PlacedToken[] {
  let depth = 0;
  return statement.filter(({ text }) => {
    if (text === '(') depth += 1;
    else if (text === ')') depth -= 1;
    return depth === 0;
  });
}

/** Whether tokens after `struct` hold a parameter list: then a brace opens the body of a function. */
function hasFunction(tail: readonly PlacedToken[]): boolean {
  let depth = 0;
  for (const [index, token] of tail.entries()) {
    if (token.text === '(') {
      const before = tail[index - 1];
      if (depth === 0 && before?.kind === 'word' && !wrapping.has(before.text)) return true;
      depth += 1;
    } else if (token.text === ')') depth -= 1;
  }
  return false;
}
