import test from 'ava';
import { scanDiff, unquote } from '../../../harness/series/diff.ts';

function names(text: string): (readonly [string | undefined, string | undefined])[] {
  return scanDiff(text).files.map(({ from, to }) => [from, to] as const);
}

test("git's form: a change, a new file, a deletion", (t) => {
  const text = `Some words.
---
 kernel/fork.c | 2 +-

diff --git a/kernel/fork.c b/kernel/fork.c
index 1111111..2222222 100644
--- a/kernel/fork.c
+++ b/kernel/fork.c
@@ -1,3 +1,3 @@
 one
-two
+zwei
 three
diff --git a/new b/new
new file mode 100755
--- /dev/null
+++ b/new
@@ -0,0 +1 @@
+x
diff --git a/old b/old
deleted file mode 100644
--- a/old
+++ /dev/null
@@ -1 +0,0 @@
-x
-- 
2.39.2
`;
  t.deepEqual(names(text), [
    ['kernel/fork.c', 'kernel/fork.c'],
    [undefined, 'new'],
    ['old', undefined],
  ]);
  t.deepEqual(
    scanDiff(text).files.map(({ line, mode }) => [line, mode]),
    [
      [5, undefined],
      [14, '100755'],
      [20, undefined],
    ],
  );
});

test('the traditional form, with dates and another top directory', (t) => {
  const text = `--- linux-2.6.22.orig/mm/slab.c\t2007-07-08 16:32:17.000000000 -0700
+++ linux-2.6.22/mm/slab.c\t2007-07-10 12:00:00.000000000 -0700
@@ -1 +1 @@
-a
+b
--- linux-2.6.22.orig/mm/slub.c
+++ linux-2.6.22/mm/slub.c
@@ -1 +1 @@
-a
+b
`;
  t.deepEqual(names(text), [
    ['mm/slab.c', 'mm/slab.c'],
    ['mm/slub.c', 'mm/slub.c'],
  ]);
});

test('lines of a hunk that look like headers are content', (t) => {
  const text = `diff --git a/doc b/doc
--- a/doc
+++ b/doc
@@ -1,2 +1,2 @@
--- a/../etc/passwd
-- x
+++ b/../etc/passwd
+diff --git a/x b/x
`;
  t.deepEqual(names(text), [['doc', 'doc']]);
});

test('a rename without a change has both names', (t) => {
  const text = `diff --git a/old name b/new name
similarity index 100%
rename from old name
rename to new name
`;
  t.deepEqual(names(text), [['old name', 'new name']]);
});

test('a change of the mode alone is found', (t) => {
  const [file] = scanDiff('diff --git a/run me b/run me\nold mode 100644\nnew mode 100755\n').files;
  t.is(file?.to, 'run me');
  t.is(file?.mode, '100755');
});

test('a link keeps its target, new or changed', (t) => {
  const made = `diff --git a/l b/l
new file mode 120000
index 0000000..1111111
--- /dev/null
+++ b/l
@@ -0,0 +1 @@
+../../etc
\\ No newline at end of file
`;
  const changed = `diff --git a/l b/l
index 1111111..2222222 120000
--- a/l
+++ b/l
@@ -1 +1 @@
-inside
\\ No newline at end of file
+/etc/passwd
\\ No newline at end of file
`;
  t.is(scanDiff(made).files[0]?.linkTarget, '../../etc');
  t.is(scanDiff(changed).files[0]?.linkTarget, '/etc/passwd');
});

test('CR LF counts in the structure and not in the content', (t) => {
  const unix = 'diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\r\n+b\r\n';
  t.is(scanDiff(unix).crlfLine, undefined);
  t.is(scanDiff(`words\r\n\r\n${unix.replaceAll(/\r?\n/g, '\r\n')}`).crlfLine, 3);
});

test('text without a diff has no files', (t) => {
  t.deepEqual(scanDiff('hello\n--\nworld\n').files, []);
});

test('quoted names are read as git writes them', (t) => {
  t.is(unquote('"a/\\303\\244 \\"x\\"\\t"'), 'a/ä "x"\t');
  t.is(unquote('plain'), 'plain');
  const text =
    'diff --git "a/\\303\\244" "b/\\303\\244"\n--- "a/\\303\\244"\n+++ "b/\\303\\244"\n@@ -1 +1 @@\n-a\n+b\n';
  t.deepEqual(names(text), [['ä', 'ä']]);
});
