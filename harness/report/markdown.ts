import { stripVTControlCharacters } from 'node:util';
import { isGood, type Run } from '../model/index.ts';
import { baseWords } from './base.ts';
import { comparisonLines } from './comparison.ts';
import { compiledLines } from './compiled.ts';
import { coverageLines } from './coverage.ts';
import { faultLines } from './faults.ts';
import { findingLines, flakyLines } from './findings.ts';
import { kernelChangeLines } from './kernel-changes.ts';
import { knownLines } from './known.ts';
import { cellIndex, fieldWords, rowName } from './matrix.ts';
import {
  alsoLines,
  cellName,
  cellVerdict,
  countLine,
  type Failure,
  failures,
  reasonsNotRun,
  runTitle,
  verdictWords,
} from './text.ts';
import { numberRanges, oneLine, sandboxLine } from './words.ts';

/** GitHub refuses a summary of more than 1 MiB; nobody reads as much as this. */
const mostCharacters = 400_000;

/** Text as text: nothing in it makes a heading, a link, HTML or another column. */
function escapeMarkdown(text: string): string {
  return oneLine(text).replace(
    /[\\`*{}[\]<>|#~&!@$]|(?<![a-z0-9])_|_(?![a-z0-9])/gi,
    (character) => `&#${character.charCodeAt(0)};`,
  );
}

/** A block of code that its content can not end. */
export function codeBlock(lines: readonly string[]): string[] {
  const text = lines.map((line) => stripVTControlCharacters(line).replaceAll(/[\r\n]/g, ' '));
  const ticks = Math.max(2, ...text.flatMap((line) => line.match(/`+/g) ?? []).map((run) => run.length));
  const fence = '`'.repeat(ticks + 1);
  return [fence, ...text, fence];
}

function matrix(run: Run): string[] {
  const find = cellIndex(run);
  const row = (fields: readonly string[]): string => `| ${fields.map(escapeMarkdown).join(' | ')} |`;
  return [
    row(['point', 'patch', ...run.targets]),
    `|${' --- |'.repeat(run.targets.length + 2)}`,
    ...run.points.map((point) =>
      row([
        String(point),
        rowName(run, point),
        ...run.targets.map((target) => {
          const cell = find(point, target);
          const sign =
            !cell || cell.outcome === 'not-run'
              ? '⚪'
              : cell.outcome === 'pass'
                ? '✅'
                : isGood(cell.outcome)
                  ? '⚪'
                  : '❌';
          return `${sign} ${fieldWords(cell)}`;
        }),
      ]),
    ),
  ];
}

/** Lines of the text report, whose indentation becomes that of a list. */
function list(lines: readonly string[]): string[] {
  const [title, ...items] = lines;
  if (title === undefined) return [];
  const item = (line: string): string => {
    const depth = (line.length - line.trimStart().length - 2) / 2;
    return `${'  '.repeat(depth)}- ${escapeMarkdown(line)}`;
  };
  return ['', `**${escapeMarkdown(title)}**`, '', ...items.map(item)];
}

function failureBlock(run: Run, { cell, sameAt }: Failure): string[] {
  const base = baseWords(run, cell);
  const also = alsoLines(cell);
  return [
    '',
    `### ${escapeMarkdown(`${cellName(cell)}: ${cellVerdict(cell)}`)}`,
    '',
    escapeMarkdown(cell.cause?.summary ?? ''),
    ...(base === undefined ? [] : ['', escapeMarkdown(`Base: ${base}.`)]),
    ...(sameAt.length > 0 ? ['', escapeMarkdown(`The same at ${numberRanges(sameAt)}.`)] : []),
    ...(cell.cause && cell.cause.excerpt.length > 0 ? ['', ...codeBlock(cell.cause.excerpt)] : []),
    ...also.flatMap((line) => ['', escapeMarkdown(line)]),
    ...(cell.reproduce === null ? [] : ['', 'Reproduce:', '', ...codeBlock([cell.reproduce])]),
  ];
}

/** A summary for the page of a CI job: matrix, verdicts, and failures as far as there is room. */
export function renderMarkdown(run: Run): string {
  const lines = [
    `## ${verdictWords(run)}: ${escapeMarkdown(runTitle(run))}`,
    '',
    ...[sandboxLine(run) ?? []].flat().flatMap((line) => [`**${escapeMarkdown(line)}**`, '']),
    ...matrix(run),
    '',
    escapeMarkdown(countLine(run)),
    ...list(findingLines(run)),
    ...list(flakyLines(run)),
    ...list(knownLines(run)),
    ...list(comparisonLines(run)),
    ...list(kernelChangeLines(run)),
    ...list(compiledLines(run)),
    ...list(coverageLines(run)),
    ...list(faultLines(run)),
    ...[...reasonsNotRun(run), ...run.notes].flatMap((note) => ['', escapeMarkdown(note)]),
  ];
  let room = mostCharacters - lines.join('\n').length;
  for (const [index, failure] of failures(run).entries()) {
    const block = failureBlock(run, failure);
    room -= block.join('\n').length;
    if (room < 0) {
      lines.push('', `${failures(run).length - index} more failures are in report.html.`);
      break;
    }
    lines.push(...block);
  }
  return `${lines.join('\n')}\n`;
}
