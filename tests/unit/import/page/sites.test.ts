import test from 'ava';
import { recoverText } from '../fixture.ts';

const nbsp = '\u00a0';

test('a text copy of gitweb: a bare list names the parts, links behind index lines go', async (t) => {
  const hunk = (letter: string): string =>
    `@@ -1,2 +1,3 @@\n int ${letter}1;\n+int ${letter}9;\n int ${letter}2;`.replaceAll(' ', nbsp);
  const page = `example.org Git - x.git/commitdiff
mm: both
authorBob Writer <bob@example.org>
Mon, 1 Oct 2007 06:39:38 +0000 (23:39 -0700)
committerCarl Committer <carl@example.org>
Mon, 1 Oct 2007 18:53:36 +0000 (11:53 -0700)
Words.
Signed-off-by: Bob Writer <bob@example.org>
mm/a.c
Makefile

index 1111111..2222222 100755 (file)
${hunk('a')}
index 3333333..4444444 100644 (file)
${hunk('b')}
`;
  const { message, patch } = await recoverText(page);
  t.is(message.subject.title, 'mm: both');
  t.deepEqual(message.author, { name: 'Bob Writer', email: 'bob@example.org' });
  t.is(message.text, 'Words.\nSigned-off-by: Bob Writer <bob@example.org>');
  t.deepEqual(patch.files, ['mm/a.c', 'Makefile']);
  t.true(patch.whole);
  t.true(patch.diff.includes('index 1111111..2222222 100755\n--- a/mm/a.c\n+++ b/mm/a.c\n@@ -1,2 +1,3 @@\n int a1;\n'));
});

test('a table of author and committer above the title', async (t) => {
  const page = `<html><body><table><tr><td>author</td><td>Bob Writer &lt;bob@example.org&gt;</td></tr><tr><td>committer</td><td>Carl &lt;carl@example.org&gt;</td></tr></table>
<div>mm: a new file</div>
<pre>diff --git a/mm/n.c b/mm/n.c
new file mode 100644 (file)
index 0000000..1111111
--- /dev/null
+++ b/mm/n.c
@@ -0,0 +1 @@
+int n;
</pre></body></html>`;
  const { message, patch } = await recoverText(page);
  t.is(message.subject.title, 'mm: a new file');
  t.is(message.author?.name, 'Bob Writer');
  t.true(patch.whole);
  t.true(patch.diff.includes('new file mode 100644\nindex 0000000..1111111\n'));
});

const newFile = (id: string, lines: readonly string[]): string => `<html><body><h1>[Devel] [PATCH] mm: n</h1>
<b>Bob Writer</b>
<a href="x">bob at example.org</a><br>
<i>Thu Sep 14 18:42:30 PDT 2006</i>
<pre>Words.
---

diff --git a/mm/n.c b/mm/n.c
new file mode 100644
index 0000000..${id}
--- /dev/null
+++ b/mm/n.c
@@ -0,0 +1,${lines.length} @@
${lines.map((line) => `+${line}`).join('\n')}
</pre></body></html>`;

test('a blob id gives hidden addresses and tabs back to a new file without a tree', async (t) => {
  // The first line is meant so, the second hides an address; the third had a tab.
  const shown = ['/* look at list.txt */', '/* &lt;bob at example.org&gt; */', 'int n;  /* n */'];
  const id = '1aec80ce4b59b73bf2d0c78d24dc2a63d1a8b6e2';
  const { createHash } = await import('node:crypto');
  const text = '/* look at list.txt */\n/* <bob@example.org> */\nint n;\t/* n */\n';
  const real = createHash('sha1').update(`blob ${text.length}\0${text}`).digest('hex');
  const { patch } = await recoverText(newFile(real, shown));
  t.true(patch.whole);
  t.deepEqual(patch.problems, []);
  t.true(patch.diff.includes('+/* look at list.txt */\n+/* <bob@example.org> */\n+int n;\t/* n */\n'));
  const other = await recoverText(newFile(id, shown));
  t.false(other.patch.whole);
  t.regex(other.patch.problems[0]?.text ?? '', /not the file that the index line names \(1aec80ce4b59\)/);
});

test('an address that nothing proves is told with its line', async (t) => {
  const page = newFile('1111111', ['/* Bob &lt;bob at example.org&gt; */']);
  const { patch } = await recoverText(page);
  t.regex(patch.problems[0]?.text ?? '', /seems to hold an address that the page hides/);
  t.true(patch.diff.includes('bob at example.org'));
});
