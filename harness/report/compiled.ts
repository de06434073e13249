import { type Cell, groupBy, type Run, unusedFiles } from '../model/index.ts';
import { firstOf, oneLine, pointWords } from './words.ts';

/** Most lines of one report, and most files of one line. */
const most = { lines: 20, files: 6 };

/** `2 of 3 files compiled; not drivers/misc/pulse.c: CONFIG_PULSE is not set`; undefined where a patch has no such files. */
export function compiledWords({ compiled }: Pick<Cell, 'compiled'>): string | undefined {
  if (!compiled) return undefined;
  const files = compiled.files.filter(({ kind }) => kind !== 'text');
  if (files.length === 0) return 'changes only text, nothing that is compiled';
  const unused = unusedFiles({ compiled });
  const not = firstOf(
    unused.map(({ path, reason }) => oneLine(`${path}: ${reason ?? 'not compiled'}`)),
    most.files,
  );
  const count = `${files.length - unused.length} of ${files.length} ${files.length === 1 ? 'file' : 'files'} compiled`;
  return not.length === 0 ? count : `${count}; not ${not.join(', ')}`;
}

/** Patches of which a kernel lacks something; the same words of several targets are one line. */
export function compiledLines(run: Run): string[] {
  const partial = run.cells.filter((cell) => unusedFiles(cell).length > 0);
  const lines = [...groupBy(partial, (cell) => `${cell.point}\0${compiledWords(cell) ?? ''}`).values()].map((cells) => {
    const [first] = cells;
    const targets = cells.map(({ target }) => target).join(', ');
    return first ? `  ${pointWords(run, first.point)} on ${targets}: ${compiledWords(first) ?? ''}` : '';
  });
  return lines.length === 0 ? [] : ['not everything was compiled:', ...firstOf(lines, most.lines)];
}
