import type { AcceptedLines, CoveredDiff, SourceLocation } from '../model/index.ts';

/** Where lines are whose not being executed is accepted, and entries that are about no line. */
export interface AcceptedPlaces {
  /** By file and by line of the last point: which entry it is. */
  readonly byFile: ReadonlyMap<string, ReadonlyMap<number, AcceptedLines>>;
  /** Entries whose lines no patch adds any more. */
  readonly lost: readonly AcceptedLines[];
}

interface AddedLine {
  readonly number: number;
  readonly text: string;
}

/** The lines of each file that patches add and that are still there, in order; blank ones left out. */
function addedLines(diffs: readonly CoveredDiff[]): Map<string, AddedLine[]> {
  const files = new Map<string, AddedLine[]>();
  for (const { path, hunks } of diffs.flatMap((diff) => diff.files)) {
    const found = hunks.flatMap(({ text, now }) =>
      text
        .filter((line) => line[0] === '+')
        .map((line, index) => ({ number: now[index] ?? 0, text: line.slice(1).trim() })),
    );
    const kept = found.filter(({ number, text }) => number > 0 && text !== '');
    files.set(path, [...(files.get(path) ?? []), ...kept]);
  }
  for (const lines of files.values()) lines.sort((one, other) => one.number - other.number);
  return files;
}

/**
 * Finds the accepted lines by what they say, wherever patches put them; blanks at their ends and empty lines do not count.
 * Lines that stand in a file several times are accepted at each of these places.
 */
export function findAccepted(accepted: readonly AcceptedLines[], diffs: readonly CoveredDiff[]): AcceptedPlaces {
  const files = addedLines(diffs);
  const byFile = new Map<string, Map<number, AcceptedLines>>();
  const lost = accepted.filter((entry) => {
    const all = files.get(entry.file) ?? [];
    const starts = all.flatMap((_, start) =>
      entry.lines.every((line, index) => all[start + index]?.text === line) ? [start] : [],
    );
    const places = byFile.get(entry.file) ?? new Map<number, AcceptedLines>();
    for (const start of starts)
      for (const { number } of all.slice(start, start + entry.lines.length)) places.set(number, entry);
    if (starts.length > 0) byFile.set(entry.file, places);
    return starts.length === 0;
  });
  return { byFile, lost };
}

/** `unexecuted.yaml:12: kernel/spool.c: if (!spool)` */
export function entryWords({ file, lines, location }: AcceptedLines): string {
  return `${placeWords(location)}${file}: ${lines[0] ?? ''}${lines.length > 1 ? ' …' : ''}`;
}

function placeWords({ file, line }: SourceLocation): string {
  const name = file.slice(file.lastIndexOf('/') + 1);
  return `${name}${line === undefined ? '' : `:${line}`}: `;
}
