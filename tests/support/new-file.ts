/** The diff that makes a file of some lines. */
export function newFileDiff(name: string, lines: readonly string[], mode = '100644'): string {
  return [
    `diff --git a/${name} b/${name}`,
    `new file mode ${mode}`,
    '--- /dev/null',
    `+++ b/${name}`,
    `@@ -0,0 +1,${lines.length} @@`,
    ...lines.map((line) => `+${line}`),
    '',
  ].join('\n');
}
