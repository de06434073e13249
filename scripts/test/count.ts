export interface AvaCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/** Colours are left out: they are there when somebody forces them. */
const plain = (output: string): string => output.replaceAll(/\u001b\[[0-9;]*m/g, '');

/** What ava says of its failures at its end: all after the line that closes its list of tests. */
const summaryOf = (text: string): string => text.slice(Math.max(0, text.lastIndexOf('\n  ─\n')));

/** Lines of ava's account of its failures that are shown again at the end. */
const maxRepeated = 120;

/**
 * The failures of a run, to be told again where a reader (and a CI that keeps only the end of a log) looks first: their
 * names, then ava's account of them, which stands between a line that closes its list of tests and the one before its sums.
 */
export function failuresOf(output: string): string {
  const text = plain(output);
  const names = text.match(/^ +✘ .*$/gm) ?? [];
  const account = text.slice(Math.max(0, text.indexOf('\n  ─\n')));
  const lines = [
    ...names,
    ...account
      .trimEnd()
      .split('\n')
      .filter((line) => line.trim() !== '─'),
  ];
  const left = lines.length - maxRepeated;
  return [...lines.slice(0, maxRepeated), ...(left > 0 ? [`  (${left} more lines: see above)`] : [])]
    .join('\n')
    .trimEnd();
}

/**
 * Counts ava's tests: those that passed by their lines, since ava sums them up only when none failed; the others by the
 * summary at the end (`  1 test failed`, `  1 uncaught exception`).
 */
export function countAva(output: string): AvaCounts {
  const text = plain(output);
  const summary = summaryOf(text);
  const failed =
    /^ *(\d+) (?:tests? failed|hooks? failed|tests? remaining|unhandled rejections?|uncaught exceptions?)/gm;
  return {
    passed: text.match(/^ +[✔√] /gm)?.length ?? 0,
    failed: sum(summary, failed),
    skipped: sum(summary, /^ *(\d+) tests? (?:skipped|todo)$/gm),
  };
}
