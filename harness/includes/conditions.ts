import { type Token, tokenise } from './tokens.ts';

/** An `#if` that a line of a file is under. */
export interface IncludeCondition {
  /** Line of the `#if`, `#elif` or `#else`. */
  readonly line: number;
  /** As a reader would say it: `#ifdef CONFIG_HIGHMEM`, `#else of #ifdef CONFIG_SMP`. */
  readonly text: string;
  /** Options of kconfig that it depends on, with `CONFIG_`. */
  readonly options: readonly string[];
}

/** An `#include` of a file, with what it is under. */
export interface IncludeLine {
  readonly line: number;
  /** `<linux/kmod.h>` or `"internal.h"`. */
  readonly spec: string;
  readonly conditions: readonly IncludeCondition[];
}

interface Open {
  readonly first: string;
  readonly condition: IncludeCondition;
  readonly guard: boolean;
}

/** What every C source of a kernel agrees on: such a condition decides nothing. */
const settled =
  /^#\s*(?:ifdef\s+__KERNEL__|ifndef\s+(?:__ASSEMBLY__|__ASSEMBLER__|LINKER_SCRIPT|BUILD_VDSO\w*|__GENERATING_BOUNDS_H))\b/;

function oneLine(directive: string): string {
  return directive
    .replaceAll(/\/\*[\s\S]*?\*\//g, ' ')
    .replace(/\/\/.*$/, '')
    .replaceAll(/(?:\\\n|\s)+/g, ' ')
    .replace(/^# /, '#')
    .trim();
}

function condition(line: number, text: string, about: string): IncludeCondition {
  return { line, text, options: [...new Set(about.match(/\bCONFIG_\w+/g) ?? [])] };
}

/** Goes through the directives of a text; `open` holds the conditions that a directive is under. */
function walk(text: string, visit: (directive: Token, said: string, open: readonly IncludeCondition[]) => void): void {
  const open: Open[] = [];
  const tokens = tokenise(text);
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'directive') continue;
    const said = oneLine(token.text);
    const word = /^#\s*(\w+)/.exec(said)?.[1];
    const top = open.at(-1);
    const under = open.filter(({ guard }) => !guard).map((one) => one.condition);
    visit(token, said, under);
    if (word === 'if' || word === 'ifdef' || word === 'ifndef') {
      const guard = isGuard(said, tokens[index + 1]) || settled.test(said);
      open.push({ first: said, condition: condition(token.line, said, said), guard });
    } else if ((word === 'else' || word === 'elif') && top) {
      const shown = word === 'else' ? `#else of ${top.first}` : said;
      open[open.length - 1] = {
        first: word === 'elif' ? said : top.first,
        condition: condition(token.line, shown, [...top.condition.options, said].join(' ')),
        guard: false,
      };
    } else if (word === 'endif') open.pop();
  }
}

function isGuard(said: string, next: Token | undefined): boolean {
  const name = /^#\s*(?:ifndef|if !defined) ?\(?(\w+)\)?$/.exec(said)?.[1];
  return name !== undefined && next?.kind === 'directive' && new RegExp(`^#\\s*define\\s+${name}\\b`).test(next.text);
}

/** The includes of a file's text, guards of the whole file left out of their conditions. */
export function includeLines(text: string): IncludeLine[] {
  const found: IncludeLine[] = [];
  walk(text, (directive, said, conditions) => {
    const spec = /^#\s*(?:include|include_next)\s*(<[^>]+>|"[^"]+")/.exec(said)?.[1];
    if (spec !== undefined) found.push({ line: directive.line, spec, conditions });
  });
  return found;
}

/** What a line of a text is under, the outermost first. */
export function conditionsAt(text: string, line: number): readonly IncludeCondition[] {
  let result: readonly IncludeCondition[] = [];
  const before = text.split('\n').slice(0, line - 1);
  walk([...before, '#pragma here'].join('\n'), (_directive, _said, open) => {
    result = open;
  });
  return result;
}
