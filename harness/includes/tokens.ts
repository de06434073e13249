/** A token of C text. A directive is one token, its continuation lines included. */
export interface Token {
  readonly kind: 'word' | 'number' | 'string' | 'mark' | 'directive';
  readonly text: string;
  /** From 1. */
  readonly line: number;
}

/** In this order: comment, line end, other space, word, number, string or character, arrow, anything else. */
const pattern =
  /(\/\*[\s\S]*?(?:\*\/|$)|\/\/[^\n]*)|(\n)|((?:[^\S\n]|\\\n)+)|([A-Za-z_$][\w$]*)|(\.?\d(?:[eEpP][+-]|[\w.])*)|("(?:[^"\\\n]|\\[\s\S])*"?|'(?:[^'\\\n]|\\[\s\S])*'?)|(->|[\s\S])/y;

const directive = /#(?:\/\*[\s\S]*?\*\/|\\[\s\S]|[^\n\\])*/y;

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}

/** Splits C text, preprocessed or not, without comments. Anything that is no C comes out as marks, never as an error. */
export function tokenise(text: string): Token[] {
  const tokens: Token[] = [];
  let line = 1;
  let fresh = true;
  let at = 0;
  while (at < text.length) {
    if (fresh && text[at] === '#') {
      directive.lastIndex = at;
      const found = directive.exec(text)?.[0] ?? '#';
      tokens.push({ kind: 'directive', text: found, line });
      line += countLines(found);
      at += found.length;
      continue;
    }
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match) break;
    const [whole, comment, end, space, word, number, quoted] = match;
    at += whole.length;
    if (end !== undefined) fresh = true;
    else if (comment === undefined && space === undefined) {
      fresh = false;
      const kind =
        word !== undefined ? 'word' : number !== undefined ? 'number' : quoted !== undefined ? 'string' : 'mark';
      tokens.push({ kind, text: whole, line });
    }
    if (word === undefined && number === undefined) line += countLines(whole);
  }
  return tokens;
}
