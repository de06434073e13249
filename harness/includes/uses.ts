import type { Use } from '../model/index.ts';
import { type Token, tokenise } from './tokens.ts';

const keywords = new Set(
  'asm auto break case char const continue default defined do double else enum extern float for goto if inline int long register restrict return short signed sizeof static struct switch typedef typeof union unsigned void volatile while __attribute__ __always_inline __inline __func__ NULL true false bool'.split(
    ' ',
  ),
);

const tagWord = /^(?:struct|union|enum)$/;

/** Words between a struct and the star of a pointer to it: `struct css_group __rcu *group`. */
const decoration = /^(?:const|volatile|__rcu|__user|__iomem|__percpu)$/;

/**
 * The names that lines of a C file use, each once, with its first line. Names of members, labels, variables and
 * parameters are left out, and so is what stands in macros of the file, which others expand.
 *
 * @param wanted numbers of the lines that count
 */
export function findUses(text: string, wanted: ReadonlySet<number>): Use[] {
  const tokens = tokenise(text).filter(({ kind }) => kind !== 'directive');
  const locals = localNames(tokens);
  const pointers = structPointers(tokens);
  const uses = new Map<string, Use>();
  const use = (name: string, line: number, kind: Use['kind']): void => {
    const key = `${kind === 'struct' ? 'struct ' : ''}${name}`;
    if (wanted.has(line) && !uses.has(key)) uses.set(key, { name, line, kind });
  };
  for (const [index, token] of tokens.entries()) {
    const [before, after] = [tokens[index - 1]?.text ?? '', tokens[index + 1]?.text ?? ''];
    if (token.kind !== 'word' || keywords.has(token.text)) continue;
    if (before === '.' || before === '->' || before === 'goto') continue;
    if (tagWord.test(before)) {
      const next = tokens.slice(index + 1).find(({ text }) => !decoration.test(text))?.text;
      const isMere = next === '*' || next === '{' || next === ';' || isExtern(tokens, index - 1);
      if (before !== 'enum' && !isMere) use(token.text, token.line, 'struct');
      continue;
    }
    const type = pointers.get(token.text);
    if (type !== undefined && after === '->') use(type, token.line, 'struct');
    if (after === '(') use(token.text, token.line, 'call');
    else if (!locals.has(token.text)) use(token.text, token.line, 'name');
  }
  return [...uses.values()];
}

/** Whether a struct belongs to a variable or function that is only declared here. */
function isExtern(tokens: readonly Token[], tag: number): boolean {
  let at = tag - 1;
  while (tokens[at]?.text === 'const') at -= 1;
  return tokens[at]?.text === 'extern';
}

/** Names that the file itself declares as variables, parameters or labels: `type name`, `type *name`, `name:`. */
function localNames(tokens: readonly Token[]): Set<string> {
  const names = new Set<string>();
  let depth = 0;
  // Depth of the declaration that continues after a comma: `int one = f(a, b), two`.
  let list = -1;
  for (const [index, token] of tokens.entries()) {
    if (/^[([{]$/.test(token.text)) depth += 1;
    else if (/^[)\]}]$/.test(token.text)) depth -= 1;
    if (token.text === ';' || depth < list) list = -1;
    if (token.kind !== 'word') continue;
    const [before, after] = [tokens[index - 1], tokens[index + 1]?.text ?? ''];
    const isType = before?.kind === 'word' && (!keywords.has(before.text) || isTypeWord(before.text));
    const isPointer = before?.text === '*' && isDeclaring(tokens, index - 1);
    const isNext = before?.text === ',' && depth === list;
    if ((isType || isPointer || isNext) && /^[=;,)[]$/.test(after)) {
      names.add(token.text);
      list = depth;
    }
    if (after === ':' && before && /^[;{}]$/.test(before.text)) names.add(token.text);
  }
  return names;
}

function isTypeWord(word: string): boolean {
  return /^(?:char|const|double|float|int|long|short|signed|unsigned|void|bool|volatile)$/.test(word);
}

/** Whether stars end a type, as in `struct file *file`, and are no product. */
function isDeclaring(tokens: readonly Token[], star: number): boolean {
  let at = star;
  while (tokens[at]?.text === '*' || decoration.test(tokens[at]?.text ?? '')) at -= 1;
  const [word, before] = [tokens[at], tokens[at - 1]];
  if (word?.kind !== 'word') return false;
  return isTypeWord(word.text) || tagWord.test(before?.text ?? '') || /^[;{}(,]|const|static$/.test(before?.text ?? '');
}

/** Variables that are pointers to a struct, by name: the first type that a name has in the file. */
function structPointers(tokens: readonly Token[]): Map<string, string> {
  const types = new Map<string, string>();
  for (const [index, token] of tokens.entries()) {
    const [tag, star, name]: readonly (Token | undefined)[] = [tokens[index + 1], tokens[index + 2], tokens[index + 3]];
    if (!/^(?:struct|union)$/.test(token.text) || tag?.kind !== 'word' || star?.text !== '*') continue;
    if (name?.kind === 'word' && !types.has(name.text)) types.set(name.text, tag.text);
  }
  return types;
}
