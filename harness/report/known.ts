import { type CellRef, groupBy, type KnownState, type Run } from '../model/index.ts';
import { firstOf, oneLine, plural, pointsWords } from './words.ts';

const most = 12;

/** `tasks: rmdir of a busy container "WARNING in css_put"` */
function issueWords({ case: name, title }: KnownState): string {
  return oneLine([name ?? [], title === undefined ? [] : `"${title}"`].flat().join(' '));
}

function placeWords(cells: readonly CellRef[]): string {
  const points = groupBy(cells, ({ target }) => target);
  return [...points].map(([target, list]) => `${target} at ${pointsWords(list.map(({ point }) => point))}`).join('; ');
}

/** How a state is told; undefined for one that is not. */
const sentences: Readonly<Record<KnownState['state'], ((one: KnownState) => string) | undefined>> = {
  seen: (one) =>
    `known: ${issueWords(one)}, ${placeWords(one.cells)}${one.until === undefined ? '' : `, until ${one.until}`}: ${oneLine(one.why)}`,
  expired: (one) =>
    `counts again, was known until ${one.until ?? ''}: ${issueWords(one)}, ${placeWords(one.cells)}: ${oneLine(one.why)}`,
  gone: (one) => `no longer needed: ${issueWords(one)} passes, ${placeWords(one.cells)}: ${oneLine(one.why)}`,
  idle: undefined,
};

/** What became of the failures that the project file declares: those that count again first. Empty where none is to tell. */
export function knownLines({ known = [] }: Pick<Run, 'known'>): string[] {
  const states = ['expired', 'gone', 'seen'] as const;
  const lines = states.flatMap((state) =>
    known.filter((one) => one.state === state).map((one) => `  ${sentences[state]?.(one) ?? ''}`),
  );
  return lines.length === 0 ? [] : ['known failures:', ...firstOf(lines, most)];
}

/** `, 2 known failures`; empty where no case and no cell failed as one. */
export function knownCount({ cells }: Pick<Run, 'cells'>): string {
  const count = cells.reduce(
    (sum, cell) => sum + (cell.known ? 1 : 0) + cell.cases.filter((one) => one.outcome === 'known').length,
    0,
  );
  return count === 0 ? '' : `, ${plural(count, 'known failure')}`;
}
