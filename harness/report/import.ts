import path from 'node:path';
import { type BaseReport, type ImportResult, type PlacedRemark, shownRemarks } from '../model/index.ts';
import { plural } from './words.ts';

/** What an import wrote, repaired and could not take; paths are shown relative to `cwd`. */
export function renderImport(result: ImportResult, cwd: string): string {
  const { repairs, notes, problems } = result;
  const lists = Object.entries({ repaired: repairs, notes, problems });
  const lines = [
    ...queueLines(result, cwd),
    ...lists.flatMap(([heading, remarks]) => remarkLines(heading, remarks, result.remarksFile, cwd)),
  ];
  return `${lines.join('\n')}\n`;
}

function queueLines({ queue, patches, title, version, name }: ImportResult, cwd: string): string[] {
  if (queue === undefined) return [];
  const width = String(patches.length).length;
  const revision = version > 1 ? `, revision ${version}` : '';
  return [
    `series ${name}: "${title}"${revision}, in ${path.relative(cwd, queue) || '.'}`,
    ...patches.map(({ index, file, whole }) => {
      const number = index === undefined ? '' : `${String(index).padStart(width)}  `;
      return `  ${number}${file}${whole ? '' : '  (not whole, left out of the series)'}`;
    }),
  ];
}

function remarkLines(
  heading: string,
  remarks: readonly PlacedRemark[],
  file: string | undefined,
  cwd: string,
): string[] {
  if (remarks.length === 0) return [];
  const shown = file === undefined ? remarks : remarks.slice(0, shownRemarks);
  const more = remarks.length - shown.length;
  return [
    `${heading}:`,
    ...shown.map((remark) => `  ${remarkWords(remark, cwd)}`),
    ...(file === undefined || more === 0 ? [] : [`  and ${more} more, all in ${path.relative(cwd, file)}`]),
  ];
}

function remarkWords({ source, line, text }: PlacedRemark, cwd: string): string {
  if (source === undefined) return text;
  const place = path.isAbsolute(source) ? path.relative(cwd, source) : source;
  return `${place}${line === undefined ? '' : `:${line}`}: ${text}`;
}

/** The trees that a series fits, the best one first: a line for each. */
export function renderBase({ candidates, blobs, patches, baseCommit, baseIsHere }: BaseReport): string {
  const commit =
    baseCommit === undefined ? 'no base-commit is given' : `base-commit is ${baseIsHere ? 'here' : 'not here'}`;
  if (candidates.length === 0) return `base: nothing found (${commit})\n`;
  const lines = candidates.map(({ name, matches, applies }, index) => {
    const [head, why] = index === 0 ? ['base: ', `; ${commit}`] : ['      ', ''];
    const applied = `${applies} of ${plural(patches, 'patch applies', 'patches apply')}`;
    return `${head}${name} (${matches} of ${blobs} blobs match${why}), ${applied}\n`;
  });
  return lines.join('');
}
