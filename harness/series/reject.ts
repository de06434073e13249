import { defined } from '../model/index.ts';
/** A hunk that found no place. */
export interface RejectedHunk {
  readonly file: string;
  /** Counts from 1 within the file's part of the patch; undefined where the whole file is refused. */
  readonly number?: number;
  /** Where the patch expects it in the old file, from 1. */
  readonly line: number;
  readonly lines: readonly string[];
}

/** Reads a `.rej` file that `git apply --reject` left; `numbers` are the rejected hunks that it announced. */
export function parseReject(text: string, file: string, numbers: readonly number[]): RejectedHunk[] {
  const hunks: { line: number; lines: string[] }[] = [];
  for (const line of text.trimEnd().split('\n')) {
    const start = /^@@ -(\d+)/.exec(line)?.[1];
    if (start !== undefined) hunks.push({ line: Number(start), lines: [line] });
    else hunks.at(-1)?.lines.push(line);
  }
  return hunks.map((hunk, index) => {
    const number = numbers[index];
    return { file, ...hunk, ...defined({ number }) };
  });
}

/** Which hunks `git apply --reject -v` refused, by file. */
export function parseRejectLog(stderr: string): Map<string, number[]> {
  const refused = new Map<string, number[]>();
  let file = '';
  for (const line of stderr.split('\n')) {
    const applying = /^Applying patch (.+) with \d+ rejects?\.\.\.$/.exec(line)?.[1];
    if (applying !== undefined) file = applying;
    const number = /^Rejected hunk #(\d+)\.$/.exec(line)?.[1];
    if (number !== undefined) refused.set(file, [...(refused.get(file) ?? []), Number(number)]);
  }
  return refused;
}

/** The first sentence in which git says why a patch does not apply. */
export function firstRefusal(stderr: string): {
  readonly file?: string;
  readonly line?: number;
  readonly text: string;
} {
  const place = /^error: patch failed: (.+):(\d+)$/m.exec(stderr);
  if (place?.[1] !== undefined) return { file: place[1], line: Number(place[2]), text: 'does not apply' };
  const other = /^error: (.+?): ([^:\n]+)$/m.exec(stderr);
  if (other?.[1] !== undefined && other[2] !== undefined) return { file: other[1], text: other[2] };
  return { text: (/^(?:error|fatal): (.+)$/m.exec(stderr)?.[1] ?? stderr.trim()) || 'does not apply' };
}

/** Index of the window of `text` that agrees most with the old side of a hunk, nearest to where it was expected. */
export function bestPlace(text: readonly string[], hunk: RejectedHunk): number {
  const wanted = oldSide(hunk);
  const near = hunk.line - 1;
  let best = { start: Math.max(0, Math.min(near, text.length - wanted.length)), score: 0 };
  for (let start = 0; start < text.length; start++) {
    let score = 0;
    for (const [offset, line] of wanted.entries()) {
      // Blank lines and lone braces agree everywhere and thus say nothing.
      if (line.trim().length > 1 && text[start + offset] === line) score++;
    }
    const closer = score === best.score && Math.abs(start - near) < Math.abs(best.start - near);
    if (score > best.score || (score > 0 && closer)) best = { start, score };
  }
  return best.start;
}

function oldSide(hunk: RejectedHunk): string[] {
  return hunk.lines
    .slice(1)
    .filter((line) => !line.startsWith('+') && !line.startsWith('\\'))
    .map((line) => line.slice(1));
}

const longest = 30;

function cut(lines: readonly string[]): string[] {
  return lines.length <= longest ? [...lines] : [...lines.slice(0, longest), `… ${lines.length - longest} more lines`];
}

/** The excerpt of a refused hunk: the hunk itself, then what the tree has at that place. */
export function describeHunk(hunk: RejectedHunk, fileText: string | undefined): string[] {
  const head = `${hunk.file}: hunk ${hunk.number ?? '?'} (line ${hunk.line}) is rejected:`;
  if (fileText === undefined) return [head, ...cut(hunk.lines)];
  const text = fileText.split('\n');
  const start = bestPlace(text, hunk);
  const there = text.slice(start, start + Math.max(1, oldSide(hunk).length));
  const width = String(start + there.length).length;
  return [
    head,
    ...cut(hunk.lines),
    `the tree has there:`,
    ...cut(there.map((line, offset) => `${String(start + offset + 1).padStart(width)}  ${line}`)),
  ];
}
