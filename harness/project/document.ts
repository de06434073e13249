import { type Document, isMap, isPair, isScalar, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { type SourceLocation, UserError } from '../model/index.ts';

export type DocumentPath = readonly (string | number)[];

/** A parsed YAML file that can tell where each of its values stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest parent that is there. */
  locate(path: DocumentPath): SourceLocation;
  /** Place of a key of the map at a path. */
  locateKey(path: DocumentPath, key: string): SourceLocation;
  /** A number as it was written: 6.10, which is another version than 6.1. Undefined where there is none. */
  numberText(path: DocumentPath): string | undefined;
}

/** Characters of a file that is read; those of people have some thousands. */
const longest = 4 * 1024 * 1024;
/** Levels of maps and lists within each other. */
const deepest = 200;
/** How often a value may stand in for another, all aliases of aliases counted. */
const mostAliases = 1000;

/**
 * Parses YAML; a syntax error, and a file that unfolds into something endless, is a {@link UserError} with its place.
 */
export function parseYaml(text: string, file: string): YamlDocument {
  const refused = (what: string): UserError =>
    new UserError(`this file was not written by hand: ${what}`, {
      code: 'QB-PROJECT',
      location: { file, line: 1, column: 1 },
      hint: 'write out its aliases, and nest less',
    });
  if (text.length > longest) throw refused(`it has more than ${longest} characters`);
  if (nestsDeeper(text, deepest)) throw refused(`it has more than ${deepest} levels`);
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true, logLevel: 'error' });
  const place = (offset: number | undefined): SourceLocation => {
    if (offset === undefined) return { file };
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem) {
    throw new UserError(problem.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? 'not valid YAML', {
      code: 'QB-PROJECT',
      location: place(problem.pos[0]),
      hint: 'fix the YAML and run again',
    });
  }
  namesAsWritten(document);
  const nodeAt = (path: DocumentPath): Node | undefined => {
    const node = path.length === 0 ? document.contents : document.getIn(path, true);
    return node === undefined || node === null ? undefined : (node as Node);
  };
  const locate = (path: DocumentPath): SourceLocation => {
    for (let length = path.length; length >= 0; length--) {
      const node = nodeAt(path.slice(0, length));
      if (node?.range) return place(node.range[0]);
    }
    return { file, line: 1, column: 1 };
  };
  return {
    value: valueOf(document, refused),
    locate,
    locateKey(path, key) {
      const map = nodeAt(path);
      if (isMap(map)) {
        const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (pair && isScalar(pair.key) && pair.key.range) return place(pair.key.range[0]);
      }
      return locate(path);
    },
    numberText(path) {
      const node = nodeAt(path);
      return isScalar(node) && typeof node.value === 'number' ? node.source : undefined;
    },
  };
}

/** A key is a name: that of 6.10 is no other than what stands there. */
function namesAsWritten(document: Document.Parsed): void {
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) && typeof key.value === 'number' && key.source !== undefined) key.value = key.source;
    },
  });
}

function valueOf(document: Document.Parsed, refused: (what: string) => UserError): unknown {
  try {
    return document.toJS({ maxAliasCount: mostAliases });
  } catch (error) {
    if (error instanceof ReferenceError) throw refused(`its aliases stand for more than ${mostAliases} values`);
    // A key `<<` of YAML 1.1 whose value is no mapping is found only now.
    throw refused(error instanceof Error ? error.message : String(error));
  }
}

/** Whether brackets or indentation go deeper; the parser itself would use up its stack. */
function nestsDeeper(text: string, levels: number): boolean {
  let open = 0;
  for (const character of text.matchAll(/[[\]{}]/g)) {
    open = Math.max(0, open + (character[0] === '[' || character[0] === '{' ? 1 : -1));
    if (open > levels) return true;
  }
  return new RegExp(`^(?: {${levels},}|(?:[-?] ){${levels},})\\S`, 'm').test(text);
}
