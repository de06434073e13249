import test from 'ava';
import { followedLines, movedLine, readTreeDiff } from '../../../harness/coverage/index.ts';
import { newFileDiff } from '../../support/new-file.ts';

const diffOf = (name: string, ...hunks: readonly string[]): string =>
  [
    `diff --git a/${name} b/${name}`,
    'index 1111111..2222222 100644',
    `--- a/${name}`,
    `+++ b/${name}`,
    ...hunks,
    '',
  ].join('\n');

/** Applies the hunks of a diff to lines, as a check of its own. */
function apply(lines: readonly string[], text: string): string[] {
  const result: string[] = [];
  let at = 0;
  for (const { old, lines: changes } of readTreeDiff(text)[0]?.hunks ?? []) {
    const first = changes.every((line) => line.startsWith('+')) ? old : old - 1;
    result.push(...lines.slice(at, first));
    at = first;
    for (const change of changes) {
      if (!change.startsWith('+')) at += 1;
      if (!change.startsWith('-')) result.push(change.slice(1));
    }
  }
  return [...result, ...lines.slice(at)];
}

const base = Array.from({ length: 30 }, (_, index) => `line ${index + 1}`);

for (const [what, hunks] of Object.entries({
  'a hunk in the middle': ['@@ -10,3 +10,4 @@', ' line 10', '-line 11', '+new', '+newer', ' line 12'],
  'a hunk without context that adds': ['@@ -5,0 +6,2 @@', '+a', '+b'],
  'a hunk without context that removes': ['@@ -5,2 +4,0 @@', '-line 5', '-line 6'],
  'at the beginning': ['@@ -0,0 +1,1 @@', '+first'],
  'at the end': ['@@ -29,2 +29,3 @@ void f(void)', ' line 29', ' line 30', '+last'],
  'several hunks': [
    ...['@@ -2,3 +2,2 @@', ' line 2', '-line 3', ' line 4'],
    ...['@@ -10,2 +9,5 @@', ' line 10', '+x', '+y', '+z', ' line 11'],
    ...['@@ -20,3 +22,1 @@', '-line 20', ' line 21', '-line 22'],
  ],
  'lines that look like heads': ['@@ -8,2 +8,3 @@', ' line 8', '+++ b/other.c', ' line 9'],
})) {
  test(`every line is followed through ${what}`, (t) => {
    const text = diffOf('kernel/a.c', ...hunks);
    const [file] = readTreeDiff(text);
    const after = apply(base, text);
    for (const [index, line] of base.entries()) {
      const place = after.indexOf(line);
      t.is(movedLine(index + 1, file?.hunks ?? []), place < 0 ? undefined : place + 1, line);
    }
  });
}

test('added lines are where later patches leave them, and what these rewrite is theirs', (t) => {
  const one = newFileDiff('kernel/a.c', ['int a;', 'int b;', 'int c;', 'int d;']);
  const two = diffOf(
    'kernel/a.c',
    '@@ -1,4 +1,5 @@',
    '+/* Four. */',
    ' int a;',
    '-int b;',
    '+long b;',
    ' int c;',
    ' int d;',
  );
  const three = [
    'diff --git a/kernel/a.c b/lib/a.c',
    'similarity index 80%',
    'rename from kernel/a.c',
    'rename to lib/a.c',
    '--- a/kernel/a.c',
    '+++ b/lib/a.c',
    '@@ -3,3 +3,2 @@',
    ' long b;',
    '-int c;',
    ' int d;',
    '\\ No newline at end of file',
    '',
  ].join('\n');
  const [first, second, third] = followedLines([one, two, three].map(readTreeDiff));
  t.deepEqual(first?.files, [
    {
      path: 'lib/a.c',
      then: 'kernel/a.c',
      hunks: [{ from: 1, text: ['+int a;', '+int b;', '+int c;', '+int d;'], now: [2, 0, 0, 4] }],
    },
  ]);
  t.deepEqual(
    second?.files.map(({ path, hunks }) => [path, hunks[0]?.now]),
    [['lib/a.c', [1, 3]]],
  );
  t.deepEqual(third?.files, []);
});

test('a file that goes takes its lines with it, one that comes back has others, and other files do not count', (t) => {
  const gone =
    'diff --git a/lib/b.c b/lib/b.c\ndeleted file mode 100644\n--- a/lib/b.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-int b;\n';
  const diffs = [
    newFileDiff('lib/b.c', ['int b;']) + newFileDiff('Makefile', ['obj-y += b.o']),
    gone,
    newFileDiff('lib/b.c', ['', 'int b;']),
  ];
  const points = followedLines(diffs.map(readTreeDiff));
  t.deepEqual(
    points.map(({ files }) => files.map(({ path, hunks }) => [path, hunks.map(({ now }) => now)])),
    [[['lib/b.c', [[0]]]], [], [['lib/b.c', [[1, 2]]]]],
  );
});
