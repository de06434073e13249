import { parseHunkHeader } from '../model/index.ts';
import { scanDiff } from './diff.ts';

/** Where the part of a patch that changes one file stands in its text; lines from 0, `end` excluded. */
interface Section {
  readonly start: number;
  readonly end: number;
}

function findSection(lines: readonly string[], file: string): Section | undefined {
  const files = scanDiff(lines.join('\n')).files;
  const index = files.findIndex((one) => one.to === file);
  const found = files[index];
  if (found === undefined || (found.from !== undefined && found.from !== file)) return undefined;
  const start = found.line - 1;
  const next = files[index + 1];
  return { start, end: next === undefined ? endOfHunks(lines, start) : next.line - 1 };
}

/** Where the hunks that begin after a line are over: what follows is a mail's signature, or nothing. */
function endOfHunks(lines: readonly string[], start: number): number {
  let end = start + 1;
  let [older, newer] = [0, 0];
  for (let at = start + 1; at < lines.length; at += 1) {
    const line = lines[at] ?? '';
    const head = parseHunkHeader(line);
    if (older <= 0 && newer <= 0) {
      if (!head && !/^(?:---|\+\+\+|index|new file|old mode|new mode|\\)/.test(line)) break;
      if (head) [older, newer] = [head.old.count, head.new.count];
    } else {
      if (!line.startsWith('+')) older -= line.startsWith('\\') ? 0 : 1;
      if (!line.startsWith('-')) newer -= line.startsWith('\\') ? 0 : 1;
    }
    end = at + 1;
  }
  return end;
}

/**
 * A patch with the part that changes one file replaced, everything else byte for byte as it was, but for the file's
 * numbers in the diffstat. A file that the patch does not touch yet comes last. Undefined when the part can't be found
 * in the text, as in a mail that is encoded, or when the patch renames the file.
 *
 * @param section the new part, in git's form, with a line end
 */
export function replaceSection(patch: string, file: string, section: string): string | undefined {
  const lines = patch.split('\n');
  const added = section.replace(/\n$/, '').split('\n');
  const { files } = scanDiff(patch);
  const last = files.at(-1);
  if (last?.to === undefined && last?.from === undefined) return undefined;
  const found = findSection(lines, file);
  if (found === undefined) {
    if (files.some((one) => one.to === file || one.from === file)) return undefined;
    const end = endOfHunks(lines, last.line - 1);
    return [...lines.slice(0, end), ...added, ...lines.slice(end)].join('\n');
  }
  const more = count(added) - count(lines.slice(found.start, found.end));
  const first = (files[0]?.line ?? 1) - 1;
  const head = adjustDiffstat(lines.slice(0, first), file, more);
  return [...head, ...lines.slice(first, found.start), ...added, ...lines.slice(found.end)].join('\n');
}

function count(lines: readonly string[]): number {
  return lines.filter((line) => line.startsWith('+') && !line.startsWith('+++ ')).length;
}

/** Adds insertions to a file's line and to the sum of the diffstat; a graph that is to scale stays as it is. */
function adjustDiffstat(head: readonly string[], file: string, more: number): string[] {
  return head.map((line) => {
    const own = /^( (\S+) +\| +)(\d+) (\+*)(-*)$/.exec(line);
    if (own?.[2] === file) {
      const changes = Number(own[3]);
      const [plus = '', minus = ''] = [own[4], own[5]];
      const exact = plus.length + minus.length === changes;
      return `${own[1] ?? ''}${changes + more} ${plus}${exact ? '+'.repeat(more) : ''}${minus}`;
    }
    return line.replace(
      /^( \d+ files? changed, )(\d+)( insertions?\(\+\))/,
      (_, files: string, sum: string) => `${files}${Number(sum) + more} insertions(+)`,
    );
  });
}

/** The lines that a diff adds, by file, with their numbers in the new file. */
export function addedLines(diff: string): Map<string, { readonly line: number; readonly text: string }[]> {
  const lines = diff.split('\n');
  const added = new Map<string, { line: number; text: string }[]>();
  const { files } = scanDiff(diff);
  for (const [index, { to, line }] of files.entries()) {
    if (to === undefined) continue;
    const end = files[index + 1]?.line ?? lines.length + 1;
    const own = added.get(to) ?? [];
    added.set(to, own);
    let number = 0;
    for (const text of lines.slice(line, end - 1)) {
      const head = parseHunkHeader(text);
      if (head) number = head.new.start;
      else if (number > 0 && text.startsWith('+')) {
        own.push({ line: number, text: text.slice(1) });
        number += 1;
      } else if (number > 0 && text.startsWith(' ')) number += 1;
    }
  }
  return added;
}

/** A `series` file with a patch more, directly after another one. */
export function insertAfter(series: string, name: string, added: string): string {
  const lines = series.split('\n');
  const at = lines.findIndex((line) => line.trim().split(/\s+/)[0] === name);
  lines.splice(at + 1, 0, added);
  return lines.join('\n');
}
