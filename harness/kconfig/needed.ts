import type { Definitions } from './explain.ts';
import { type Expression, parseExpression } from './expression.ts';

/** Symbols that have to be on for an expression to hold; of several ways, the first. */
function required(expression: Expression): string[] {
  switch (expression.kind) {
    case 'symbol':
      return /^[ymn]$/.test(expression.text) ? [] : [expression.text];
    case 'and':
      return [...required(expression.left), ...required(expression.right)];
    case 'or': {
      const left = required(expression.left);
      return left.length > 0 ? left : required(expression.right);
    }
    case 'compare': {
      const { left, right, operator } = expression;
      const isOn = operator === '=' && right.kind === 'symbol' && right.text === 'y' && left.kind === 'symbol';
      return isOn ? [left.text] : [];
    }
    default:
      return [];
  }
}

/**
 * Some options, and those that they depend on, as far as these can be set: what a fragment has to ask for. Options that
 * exclude each other are not sorted out; kconfig says in the end what it took.
 *
 * @returns symbols without `CONFIG_`, each once
 */
export function withDependencies(symbols: readonly string[], definitions: Definitions): string[] {
  const needed = new Set<string>();
  const visit = (symbol: string, asked: boolean): void => {
    const [definition] = definitions.get(symbol) ?? [];
    if (needed.has(symbol) || (!definition && !asked)) return;
    // What has no prompt cannot be asked for: it comes by what selects it, or by its default.
    if (definition && definition.prompts.length === 0) return;
    needed.add(symbol);
    for (const { expression } of definition?.depends ?? []) {
      const parsed = parseExpression(expression);
      for (const one of parsed ? required(parsed) : []) visit(one, false);
    }
  };
  for (const symbol of symbols) visit(symbol, true);
  return [...needed];
}
