/** The lines (from 1) of a text that are equal to a line. */
export function linesEqualTo(text: string, line: string): number[] {
  return text.split('\n').flatMap((one, index) => (one === line ? [index + 1] : []));
}

/** A diff without context that takes one line out of a file. */
export function removalDiff(file: string, line: string, number: number): string {
  return [
    `diff --git a/${file} b/${file}`,
    `--- a/${file}`,
    `+++ b/${file}`,
    `@@ -${number} +${number - 1},0 @@`,
    `-${line}`,
    '',
  ].join('\n');
}
