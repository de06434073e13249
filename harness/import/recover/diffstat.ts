import { plural } from '../text/bytes.ts';
import type { Line, Remark } from '../text/types.ts';
import type { NamedFile } from './name-files.ts';

const summary = /^\s*(\d+) files? changed/;

/**
 * Compares the number of files with the one that the diffstat tells; a page that was cut between two files shows it
 * nowhere else.
 */
export function checkDiffstat(below: readonly Line[], files: readonly NamedFile[]): Remark | undefined {
  const line = below.findLast(({ text }) => summary.test(text));
  const told = Number(summary.exec(line?.text ?? '')?.[1] ?? Number.NaN);
  if (line === undefined || Number.isNaN(told) || files.length >= told) return undefined;
  return { line: line.number, text: `the diffstat tells of ${plural(told, 'file')}, the diff has ${files.length}` };
}
