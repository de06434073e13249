import { type Cell, groupBy, type OptionChange, type Run, type Sizes } from '../model/index.ts';
import { symbolLines } from './symbols.ts';
import { firstOf, pointWords, sizeWords } from './words.ts';

const mostOptions = 8;

function optionWords({ symbol, from, to }: OptionChange): string {
  if (from === null) return `${symbol}=${to ?? 'n'}`;
  return `${symbol} ${from} -> ${to ?? 'n'}`;
}

/** `A=y, B m -> y` */
export function optionList(changes: readonly OptionChange[], most = mostOptions): string {
  return firstOf(changes.map(optionWords), most).join(', ');
}

function total(size: Sizes | undefined): number {
  return size ? Math.abs(size.text) + Math.abs(size.data) + Math.abs(size.bss) : 0;
}

function sizeLine(run: Run, target: string, cells: readonly Cell[]): string[] {
  const sized = cells.filter((cell) => cell.size !== null);
  const [first, last] = [sized[0], sized.at(-1)];
  if (!first?.size || !last?.size || first === last) return [];
  const size = {
    text: last.size.text - first.size.text,
    data: last.size.data - first.size.data,
    bss: last.size.bss - first.size.bss,
  };
  const most = sized.reduce(
    (best, cell) => (total(cell.changes?.size) > total(best.changes?.size) ? cell : best),
    first,
  );
  if (total(most.changes?.size) === 0) return [];
  const mostly =
    most.changes?.size && sized.length > 2 && 2 * total(most.changes.size) > total(size)
      ? `; most by ${pointWords(run, most.point)}: ${sizeWords(most.changes.size)}`
      : '';
  return [`  size on ${target}, point ${first.point} to ${last.point}: ${sizeWords(size)}${mostly}`];
}

/** How the kernel itself changed: its size over the series on each target, what each patch did to it by its symbols, and options. */
export function kernelChangeLines(run: Run, symbols = symbolLines(run)): string[] {
  const byTarget = groupBy(run.cells, (cell) => cell.target);
  const sizes = run.targets.flatMap((target) => sizeLine(run, target, byTarget.get(target) ?? []));
  const changed = run.cells.filter((cell) => cell.changes && cell.changes.config.length > 0);
  const options = [...groupBy(changed, (cell) => `${cell.point}\0${optionList(cell.changes?.config ?? [])}`)].map(
    ([, cells]) => {
      const targets = cells.map(({ target }) => target);
      const where = targets.length === run.targets.length ? '' : ` on ${targets.join(', ')}`;
      return `  options by ${pointWords(run, cells[0]?.point ?? 0)}${where}: ${optionList(cells[0]?.changes?.config ?? [])}`;
    },
  );
  const lines = [...sizes, ...symbols, ...firstOf(options, 12)];
  return lines.length === 0 ? [] : ['the kernel:', ...lines];
}
