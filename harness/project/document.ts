import { isMap, isPair, isScalar, LineCounter, type Node, parseDocument } from 'yaml';
import { type SourceLocation, UserError } from '../model/index.ts';

export type DocumentPath = readonly (string | number)[];

/** A parsed YAML file that can tell where each of its values stands. */
export interface YamlDocument {
  readonly value: unknown;
  /** Place of the value at a path, or of the nearest parent that is there. */
  locate(path: DocumentPath): SourceLocation;
  /** Place of a key of the map at a path. */
  locateKey(path: DocumentPath, key: string): SourceLocation;
}

/** Parses YAML; a syntax error is a {@link UserError} with its place. */
export function parseYaml(text: string, file: string): YamlDocument {
  const counter = new LineCounter();
  const document = parseDocument(text, { lineCounter: counter, uniqueKeys: true });
  const place = (offset: number | undefined): SourceLocation => {
    if (offset === undefined) return { file };
    const { line, col } = counter.linePos(offset);
    return { file, line, column: col };
  };
  const [problem] = document.errors;
  if (problem) {
    throw new UserError(problem.message.split('\n')[0]?.replace(/ at line.*$/, '') ?? 'not valid YAML', {
      location: place(problem.pos[0]),
      hint: 'fix the YAML and run again',
    });
  }
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
    value: document.toJS(),
    locate,
    locateKey(path, key) {
      const map = nodeAt(path);
      if (isMap(map)) {
        const pair = map.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
        if (pair && isScalar(pair.key) && pair.key.range) return place(pair.key.range[0]);
      }
      return locate(path);
    },
  };
}
