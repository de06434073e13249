import type { Cell, Run, SymbolChange, SymbolChanges } from '../model/index.ts';
import { firstOf, oneLine, plural, pointWords, signed } from './words.ts';

/** Lines of a report for people; the page and run.json have all. */
const mostLines = 60;

const counts = ['added', 'removed', 'grown', 'shrunk'] as const;

/** Bytes that a kernel has more. */
function symbolBytes(changes: SymbolChanges): number {
  return counts.reduce((sum, count) => sum + changes[count].bytes, 0);
}

/** `+1,230 bytes: added +1,000 in 2 symbols, grown +230 in 1 symbol`; `unchanged` where nothing is. */
export function symbolWords(changes: SymbolChanges): string {
  const told = counts
    .filter((count) => changes[count].symbols > 0)
    .map((count) => `${count} ${signed(changes[count].bytes)} in ${plural(changes[count].symbols, 'symbol')}`);
  return told.length === 0 ? 'unchanged' : `${signed(symbolBytes(changes))} bytes: ${told.join(', ')}`;
}

/** `quilt_do +212 (1,000 to 1,212)`, `quilt_new +64 (new)`, `quilt_old -32 (gone)` */
export function symbolChangeWords({ name, before, now }: SymbolChange): string {
  const how =
    before === null
      ? 'new'
      : now === null
        ? 'gone'
        : `${before.toLocaleString('en-US')} to ${now.toLocaleString('en-US')}`;
  return `${oneLine(name)} ${signed((now ?? 0) - (before ?? 0))} (${how})`;
}

/** Cells whose kernel differs from the one before by its symbols, in order. */
function cellsWithSymbols(run: Run): readonly (Cell & { readonly symbols: SymbolChanges })[] {
  return run.cells.flatMap((cell) => {
    const symbols = cell.changes?.symbols;
    return symbols && symbols.largest.length > 0 ? [{ ...cell, symbols }] : [];
  });
}

/** What each patch adds to the kernel of each target, with the largest differences by name. */
export function symbolLines(run: Run): string[] {
  const lines = cellsWithSymbols(run).flatMap((cell) => [
    `  ${pointWords(run, cell.point)} on ${cell.target}: ${symbolWords(cell.symbols)}`,
    `    ${cell.symbols.largest.map(symbolChangeWords).join(', ')}`,
  ]);
  return firstOf(lines, mostLines).map((line) => (line.startsWith(' ') ? line : `  ${line}`));
}
