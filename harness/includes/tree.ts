import { type Declaration, findDeclarations, type PlacedToken } from './declarations.ts';
import { type Token, tokenise } from './tokens.ts';

/** What the text of a header declares under a name, whatever its conditions say. */
export function declarationsIn(file: string, text: string, name: string): Declaration[] {
  const tokens = balanced(tokenise(text)).map((token): PlacedToken => ({ ...token, file }));
  return findDeclarations(tokens).filter((declaration) => declaration.name === name);
}

/**
 * Of alternatives that open or close braces, as two heads of one function do, only the first stays: otherwise the braces
 * of the whole file would not match.
 */
function balanced(tokens: readonly Token[]): Token[] {
  const kept: Token[] = [];
  const open: { start: number; depth: number; uneven: boolean }[] = [];
  let depth = 0;
  const closeBranch = (top: (typeof open)[number]): void => {
    if (top.uneven) {
      const directives = kept.splice(top.start).filter(({ kind }) => kind === 'directive');
      kept.push(...directives);
      depth = top.depth;
    }
  };
  for (const token of tokens) {
    const word = token.kind === 'directive' ? /^#\s*(\w+)/.exec(token.text)?.[1] : undefined;
    const top = open.at(-1);
    if (word === 'if' || word === 'ifdef' || word === 'ifndef') {
      kept.push(token);
      open.push({ start: kept.length, depth, uneven: false });
    } else if ((word === 'else' || word === 'elif') && top) {
      closeBranch(top);
      const uneven = top.uneven || depth !== top.depth;
      open[open.length - 1] = { start: kept.length, depth, uneven };
    } else if (word === 'endif' && top) {
      closeBranch(top);
      open.pop();
    } else {
      if (token.text === '{') depth += 1;
      else if (token.text === '}') depth -= 1;
      kept.push(token);
    }
  }
  return kept;
}
