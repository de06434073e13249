export interface AvaCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

function sum(text: string, pattern: RegExp): number {
  return [...text.matchAll(pattern)].reduce((total, match) => total + Number(match[1]), 0);
}

/**
 * Counts ava's tests: those that passed by their lines, since ava sums them up only when none failed; the others by the
 * summary at the end (`  1 test failed`, `  1 uncaught exception`).
 */
export function countAva(output: string): AvaCounts {
  // Colours are left out: they are there when somebody forces them.
  const text = output.replaceAll(/\u001b\[[0-9;]*m/g, '');
  const summary = text.slice(Math.max(0, text.lastIndexOf('\n  ─')));
  const failed =
    /^ *(\d+) (?:tests? failed|hooks? failed|tests? remaining|unhandled rejections?|uncaught exceptions?)/gm;
  return {
    passed: text.match(/^ +[✔√] /gm)?.length ?? 0,
    failed: sum(summary, failed),
    skipped: sum(summary, /^ *(\d+) tests? (?:skipped|todo)$/gm),
  };
}
