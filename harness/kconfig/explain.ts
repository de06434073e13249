import { nearest } from '../model/index.ts';
import type { LostOption, ResolvedConfig } from './config.ts';
import { evaluate, parseExpression, unmet } from './expression.ts';
import { type Condition, type Definition, parseKconfig } from './language.ts';

/** Every definition of a tree by symbol. */
export type Definitions = ReadonlyMap<string, readonly Definition[]>;

/**
 * Reads the Kconfig files of a tree, following what they include.
 *
 * @param read resolves with the text of a file of the tree, or undefined when there is none
 * @param roots the first one that exists is where reading starts
 * @param variables for `$(NAME)` and `$NAME` in the names of included files
 */
export async function readDefinitions(
  read: (file: string) => Promise<string | undefined>,
  roots: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<Definitions> {
  const found = new Map<string, Definition[]>();
  const seen = new Set<string>();
  const visit = async (file: string, around: readonly Condition[]): Promise<boolean> => {
    if (seen.has(file)) return true;
    const text = await read(file);
    if (text === undefined) return false;
    seen.add(file);
    const { definitions, sources } = parseKconfig(text, file, around);
    for (const definition of definitions) {
      const others = found.get(definition.symbol);
      if (others) others.push(definition);
      else found.set(definition.symbol, [definition]);
    }
    for (const source of sources) await visit(expand(source.path, variables), source.depends);
    return true;
  };
  for (const root of roots) if (await visit(root, [])) break;
  return found;
}

function expand(path: string, variables: Readonly<Record<string, string>>): string {
  return path.replace(/\$\((\w+)\)|\$(\w+)/g, (whole, a?: string, b?: string) => variables[a ?? b ?? ''] ?? whole);
}

/** Why an option was not granted, as a clause; undefined when the Kconfig files don't tell. */
export function explainLost(
  option: Pick<LostOption, 'symbol' | 'value'>,
  definitions: Definitions,
  config: ResolvedConfig,
): string | undefined {
  const own = definitions.get(option.symbol);
  if (!own) {
    const guess = nearest(option.symbol, [...definitions.keys()]);
    return `this tree has no such option${guess === undefined ? '' : `; the nearest name is ${guess}`}`;
  }
  const reasons = own.map((definition) => whyNot(option, definition, definitions, config));
  return reasons.every((reason) => reason !== undefined) ? [...new Set(reasons)].join('; or ') : undefined;
}

function whyNot(
  option: Pick<LostOption, 'symbol' | 'value'>,
  definition: Definition,
  definitions: Definitions,
  config: ResolvedConfig,
): string | undefined {
  const missing = definition.depends.flatMap((condition) => notMet(condition, config));
  if (option.value !== 'n' && missing.length > 0) {
    return missing.length === 1
      ? `its dependency ${missing[0] ?? ''} is not met`
      : `its dependencies ${missing.join(', ')} are not met`;
  }
  const selecting = selectors(option.symbol, definitions);
  if (option.value === 'n') {
    const active = selecting.filter(({ by, condition }) => config.has(by) && holds(condition, config));
    if (active.length > 0) return `it is selected by ${active.map(({ by }) => by).join(', ')}`;
  }
  if (definition.choice !== undefined && option.value === 'y') {
    const taken = [...definitions.values()]
      .flat()
      .find(({ choice, symbol }) => choice === definition.choice && config.get(symbol) === 'y');
    if (taken) return `${taken.symbol} was taken in the same choice`;
  }
  const range = definition.ranges.find(({ condition }) => holds(condition, config));
  if (range) return `it must lie between ${range.low} and ${range.high}`;
  if (!definition.prompts.some(({ expression }) => holds(expression, config))) {
    const hidden = definition.prompts.flatMap((condition) => notMet(condition, config));
    if (hidden.length > 0) return `it can be set only with ${hidden.join(' or ')}`;
    const names = selecting.map(({ by }) => by).slice(0, 5);
    return `it has no prompt, so a fragment can't set it${names.length > 0 ? `; selected by ${names.join(', ')}` : ''}`;
  }
  return undefined;
}

function notMet(condition: Condition, config: ResolvedConfig): string[] {
  const expression = parseExpression(condition.expression);
  if (!expression) return [];
  return unmet(expression, config).map((part) => `${part} (${condition.file}:${condition.line})`);
}

function holds(expression: string, config: ResolvedConfig): boolean {
  const parsed = parseExpression(expression);
  return parsed === undefined || evaluate(parsed, config) !== 0;
}

function selectors(symbol: string, definitions: Definitions): { by: string; condition: string }[] {
  return [...definitions.values()]
    .flat()
    .flatMap((definition) =>
      definition.selects
        .filter((select) => select.symbol === symbol)
        .map(({ condition }) => ({ by: definition.symbol, condition })),
    );
}
