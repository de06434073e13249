import type { ResolvedConfig } from './config.ts';

/** A dependency as the Kconfig language writes it. */
export type Expression =
  | { readonly kind: 'symbol' | 'string' | 'macro'; readonly text: string }
  | { readonly kind: 'not'; readonly of: Expression }
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'compare'; readonly operator: string; readonly left: Expression; readonly right: Expression };

/** n, m and y as numbers; undefined when it rests on a macro, which only kconfig itself can work out. */
type Tristate = 0 | 1 | 2 | undefined;

const token = /\s*(&&|\|\||!=|<=|>=|[!()=<>]|"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[\w.-]+)/y;

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  let at = 0;
  while (at < text.trimEnd().length) {
    const macro = /^\s*(?=\$\()/.exec(text.slice(at));
    if (macro) {
      const end = closing(text, at + macro[0].length + 1);
      tokens.push(text.slice(at + macro[0].length, end + 1));
      at = end + 1;
      continue;
    }
    token.lastIndex = at;
    const match = token.exec(text);
    if (match?.[1] === undefined) return [];
    tokens.push(match[1]);
    at = token.lastIndex;
  }
  return tokens;
}

/** Where the bracket that opens at `open` closes. */
function closing(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1;
    if (text[at] === ')') depth -= 1;
    if (depth === 0) return at;
  }
  return text.length - 1;
}

/** Parses an expression; undefined when it is not one. */
export function parseExpression(text: string): Expression | undefined {
  const tokens = tokenize(text);
  let at = 0;
  const take = (wanted: string): boolean => {
    if (tokens[at] !== wanted) return false;
    at += 1;
    return true;
  };
  const primary = (): Expression | undefined => {
    if (take('!')) {
      const of = primary();
      return of && { kind: 'not', of };
    }
    if (take('(')) {
      const inner = or();
      return take(')') ? inner : undefined;
    }
    const left = operand();
    const operator = tokens[at];
    if (!left || operator === undefined || !/^(=|!=|<|<=|>|>=)$/.test(operator)) return left;
    at += 1;
    const right = operand();
    return right && { kind: 'compare', operator, left, right };
  };
  const operand = (): Expression | undefined => {
    const text = tokens[at];
    if (text === undefined || /^(&&|\|\||[!()=<>]=?)$/.test(text)) return undefined;
    at += 1;
    if (text.startsWith('$(')) return { kind: 'macro', text };
    return /^["']/.test(text) ? { kind: 'string', text: text.slice(1, -1) } : { kind: 'symbol', text };
  };
  const chain = (operator: string, kind: 'and' | 'or', part: () => Expression | undefined): Expression | undefined => {
    let left = part();
    while (left && take(operator)) {
      const right = part();
      left = right && { kind, left, right };
    }
    return left;
  };
  const and = (): Expression | undefined => chain('&&', 'and', primary);
  const or = (): Expression | undefined => chain('||', 'or', and);
  const whole = or();
  return at === tokens.length ? whole : undefined;
}

function textOf(expression: Expression, config: ResolvedConfig): string | undefined {
  if (expression.kind === 'string') return expression.text;
  if (expression.kind !== 'symbol') return undefined;
  const { text } = expression;
  if (/^([ymn]|-?\d+|0x[0-9a-f]+)$/i.test(text)) return text;
  return (config.get(text) ?? 'n').replace(/^"(.*)"$/, '$1');
}

/** The value of an expression under a configuration. */
export function evaluate(expression: Expression, config: ResolvedConfig): Tristate {
  switch (expression.kind) {
    case 'symbol': {
      const text = textOf(expression, config);
      return text === 'y' ? 2 : text === 'm' ? 1 : 0;
    }
    case 'string':
      return expression.text === 'y' ? 2 : expression.text === 'm' ? 1 : 0;
    case 'macro':
      return undefined;
    case 'not': {
      const of = evaluate(expression.of, config);
      return of === undefined ? undefined : ((2 - of) as Tristate);
    }
    case 'and':
    case 'or': {
      const sides = [evaluate(expression.left, config), evaluate(expression.right, config)];
      const decisive = expression.kind === 'and' ? 0 : 2;
      if (sides.includes(decisive)) return decisive;
      const [left, right] = sides;
      if (left === undefined || right === undefined) return undefined;
      return (expression.kind === 'and' ? Math.min(left, right) : Math.max(left, right)) as Tristate;
    }
    case 'compare':
      return compare(expression, config);
  }
}

function compare(expression: Extract<Expression, { kind: 'compare' }>, config: ResolvedConfig): Tristate {
  const left = textOf(expression.left, config);
  const right = textOf(expression.right, config);
  if (left === undefined || right === undefined) return undefined;
  const order = Number(left) - Number(right) || (left === right ? 0 : left < right ? -1 : 1);
  const holds: Record<string, boolean> = {
    '=': order === 0,
    '!=': order !== 0,
    '<': order < 0,
    '<=': order <= 0,
    '>': order > 0,
    '>=': order >= 0,
  };
  return holds[expression.operator] ? 2 : 0;
}

/** The parts of a conjunction that are not met, as text; parts that rest on macros are left out. */
export function unmet(expression: Expression, config: ResolvedConfig): string[] {
  if (expression.kind === 'and') return [...unmet(expression.left, config), ...unmet(expression.right, config)];
  return evaluate(expression, config) === 0 ? [format(expression)] : [];
}

function format(expression: Expression): string {
  const inner = (part: Expression): string => (part.kind === 'or' ? `(${format(part)})` : format(part));
  switch (expression.kind) {
    case 'symbol':
    case 'macro':
      return expression.text;
    case 'string':
      return `"${expression.text}"`;
    case 'not':
      return /^(and|or|compare)$/.test(expression.of.kind)
        ? `!(${format(expression.of)})`
        : `!${format(expression.of)}`;
    case 'and':
      return `${inner(expression.left)} && ${inner(expression.right)}`;
    case 'or':
      return `${format(expression.left)} || ${format(expression.right)}`;
    case 'compare':
      return `${format(expression.left)} ${expression.operator} ${format(expression.right)}`;
  }
}
