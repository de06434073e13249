import type { CheckFinding } from '../model/index.ts';
import { linesAdded } from './patch-lines.ts';

/** A symbol that a patch exports to modules. */
export interface NewExport {
  readonly symbol: string;
  readonly file: string;
  readonly line: number;
}

/** Symbols that a diff exports and did not take back elsewhere: a moved export is none. */
export function newExports(diff: string): NewExport[] {
  const pattern = /^\s*EXPORT_SYMBOL(?:_\w+)?\(\s*(\w+)/;
  const removed = new Set(
    diff
      .split('\n')
      .filter((line) => line.startsWith('-') && !line.startsWith('---'))
      .flatMap((line) => pattern.exec(line.slice(1))?.[1] ?? []),
  );
  return linesAdded(diff).flatMap(({ file, line, text }) => {
    const symbol = pattern.exec(text)?.[1];
    return symbol === undefined || removed.has(symbol) ? [] : [{ symbol, file, line }];
  });
}

/**
 * Exports that no other file uses with the whole series applied.
 *
 * @param users files that hold each symbol, by its name
 */
export function checkExports(
  exports: readonly NewExport[],
  users: ReadonlyMap<string, readonly string[]>,
): CheckFinding[] {
  return exports
    .filter(({ symbol, file }) => !(users.get(symbol) ?? []).some((one) => one !== file && one.endsWith('.c')))
    .map(({ symbol, file, line }) => ({
      file,
      line,
      text: `${symbol} is exported, and no other file of the tree uses it`,
      severity: 'warning',
    }));
}
